import type { Answer, Measure, TableCell } from "@/api/questions";
import type { Format } from "@/charts";
import { measureWords } from "@/editors";
import { isMoney } from "@/editors/names";
import { kindSay } from "@/pages/analyse/kits";
import type { Line, Voices } from "@/pages/analyse/words";

const AMOUNTS = ["sum", "mean", "min", "max", "median", "percentile"];

/** How a measure reads. */
export function measureFormat(measure: Measure): Format {
  return AMOUNTS.includes(measure.kind ?? "count") && isMoney(measure.property) ? "money" : "number";
}

/** The totals. */
export function tableLine(answer: Answer<"table">, { editing, look }: Voices): Line<TableCell> {
  const say = kindSay("table", editing.language);
  const measures = answer.params.measures ?? [{ kind: "count" as const }];
  const totals = measures.map((measure, at) => `${measureWords(measure, editing)} {m${at}}`);
  return {
    text: say("line", { list: totals.join(editing.say("join.list")) }),
    slots: Object.fromEntries(
      measures.map((measure, at) => [
        `m${at}`,
        {
          text: look.say.figure(answer.result.values[at]?.[0]?.[0] ?? null, measureFormat(measure)),
          cell: { measure: at, row: [], row_but: null, column: [], column_but: null },
          title: `${say("total")} · ${measureWords(measure, editing)}`,
        },
      ]),
    ),
  };
}
