import { useMemo } from "react";
import type { Analysis, Answer, Cell, Compared, Figure, Params } from "@/api/questions";
import { DataTable } from "@/charts";
import type { Format, Look, TableCell, TableModel } from "@/charts";
import { useEditing } from "@/editors";
import { points } from "@/format";
import type { OpenCell } from "./answers";
import { headingOf } from "./words";
import type { Voices } from "./words";
import styles from "./analyse.module.css";

export type FormatOf = (figure: string, params: Params) => Format;

/** A figure as the server says it is. */
const plain: FormatOf = () => "number";

/** Everyone's main figures beside those of each comparison: of several, and where an answer draws none itself. */
export function Against({
  answer,
  formatOf = plain,
  look,
  onOpen,
}: {
  answer: Answer;
  formatOf?: FormatOf | undefined;
  look: Look;
  onOpen: (open: OpenCell) => void;
}) {
  const editing = useEditing();
  const { say } = editing;
  const table = useMemo(
    () => againstTable(answer, formatOf, { editing, look }),
    [answer, formatOf, editing, look],
  );
  if (table.rows.length === 0) return null;
  return (
    <div className={styles.against}>
      <h2>{say("against.title")}</h2>
      <DataTable<Cell>
        table={table}
        dense
        openLabel={say("chart.open")}
        onOpen={({ cell, comparison, title }) => cell && onOpen({ cell, comparison, title: title ?? "" })}
      />
    </div>
  );
}

/** A row a figure: now, then by comparison the figure there and the difference. */
export function againstTable<K extends Analysis>(
  answer: Answer<K>,
  formatOf: FormatOf,
  voices: Voices,
): TableModel<Cell> {
  const { editing, look } = voices;
  const { say, language } = editing;
  const right = (title: string) => ({ title, align: "right" as const });
  const own = answer.figures.filter(({ group }) => group === null);
  const then = ({ figures }: Compared<K>, { name }: Figure<K>) =>
    figures.find((each) => each.name === name && each.group === null) ?? null;
  const compared = answer.comparisons;
  return {
    caption: say("against.title"),
    columns: [
      { title: say("against.figure") },
      right(say("against.now")),
      ...compared.flatMap((one, at) => [
        right(headingOf(one as Compared, answer.params, voices, at)),
        right(say("against.change")),
      ]),
    ],
    rows: own.map((figure) => {
      const title = language === "en" ? figure.title.en : figure.title.zh;
      const format =
        figure.format === "number" ? formatOf(figure.name, answer.params as Params) : figure.format;
      const told = (value: number | null, cell: Cell | null, comparison?: number): TableCell<Cell> => ({
        text: look.say.figure(value, format),
        raw: value,
        title,
        comparison,
        ...(cell ? { cell } : {}),
      });
      return [
        { text: title, raw: title },
        told(figure.value, figure.cell as Cell | null),
        ...compared.flatMap((one, at): TableCell<Cell>[] => {
          const other = then(one, figure);
          return [
            told(other?.value ?? null, (other?.cell ?? null) as Cell | null, at),
            changeOf(figure.value, other?.value ?? null, format, voices),
          ];
        }),
      ];
    }),
  };
}

/** Shares differ by points, all else by parts of what it was. */
function changeOf(now: number | null, then: number | null, format: Format, voices: Voices): TableCell<Cell> {
  if (now === null || then === null || (format !== "percent" && then === 0)) return { text: "–", raw: null };
  const delta = format === "percent" ? now - then : now / then - 1;
  const { language } = voices.editing;
  const sign = delta > 0 ? "+" : "";
  return {
    text: format === "percent" ? points(delta, language) : `${sign}${voices.look.say.percent(delta)}`,
    raw: delta,
  };
}
