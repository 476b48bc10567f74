/** What one kind of analysis brings to its page. Each is a folder `kinds/<kind>/` found by looking. */
import type { ComponentType } from "react";
import type { Schema } from "@/api";
import type { Analysis, Answer, Cell, Params } from "@/api/questions";
import type { Format } from "@/charts";
import type { Editing } from "@/editors";
import type { AnswerProps } from "./answers";
import type { Line, Voices } from "./words";

export interface QuestionProps<K extends Analysis> {
  params: Params<K>;
  onChange: (params: Params<K>) => void;
}

/** Texts of a kind, under `kind_<kind>`; both languages say the same things. */
export interface Texts {
  en: Record<string, unknown>;
  "zh-CN": Record<string, unknown>;
}

export interface AnalysisKit<K extends Analysis = Analysis> {
  kind: K;
  /** Chart and table. */
  Answer: ComponentType<AnswerProps<K>>;
  isEmpty: (answer: Answer<K>) => boolean;
  texts?: Texts;
  /** The sentence with its words; by default made from the kind's parameters. */
  Question?: ComponentType<QuestionProps<K>>;
  /** Parameters that the generic question keeps behind "more" until they are set. */
  tucked?: readonly string[];
  /** Has no breakdown. */
  unsplit?: boolean;
  /** The answer in words; by default its main figures. */
  line?: (answer: Answer<K>, voices: Voices) => Line<Cell<K>>;
  /**
   * Sets the main figures beside those of each comparison, where the answer itself does not draw it: how a plain
   * number among them reads.
   */
  against?: (figure: string, params: Params<K>) => Format;
  /** What to look at next. */
  notes?: (answer: Answer<K>, voices: Voices) => Line<Cell<K>>[];
  /** The first question of a project; by default the kind's own sample. */
  first?: (schema: Schema) => Params<K>;
  /** Whether what an address holds can be shown. */
  reads?: (held: Record<string, unknown>) => boolean;
  /** What the page asks beyond what the reader wrote. */
  complete?: (params: Params<K>) => Params<K>;
  /** The answer with its parts called what the reader calls them. */
  named?: (answer: Answer<K>, editing: Editing) => Answer<K>;
  /** Flags of the command line that say the question's own part; null where they cannot. */
  flags?: (params: Params<K>) => string | null;
}

/** A kit is written for its kind and kept with the others. */
export function kit<K extends Analysis>(made: AnalysisKit<K>): AnalysisKit {
  return made as unknown as AnalysisKit;
}
