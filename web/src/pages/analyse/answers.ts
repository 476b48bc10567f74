import type { Ref } from "react";
import type { Analysis, Answer, Cell, Params } from "@/api/questions";
import type { ChartHandle, TableModel } from "@/charts";

/** What an answer asks to be opened: the people of one cell. */
export interface OpenCell {
  cell: Cell;
  comparison?: number | undefined;
  title: string;
}

export interface AnswerProps<K extends Analysis> {
  answer: Answer<K>;
  view: string | null;
  onView?: ((view: string | null) => void) | undefined;
  onOpen?: ((open: OpenCell) => void) | undefined;
  /** Asks another question from within the answer; not there on a board. */
  onAsk?: ((params: Params<K>) => void) | undefined;
  /** On a board: the chart alone, as high as its place. */
  compact?: boolean;
  handle?: Ref<ChartHandle> | undefined;
  /** The table that is shown, for export. */
  onTable?: ((table: TableModel<Cell>) => void) | undefined;
}
