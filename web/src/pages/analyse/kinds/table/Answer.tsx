import { useState } from "react";
import type {
  Breakdown,
  GroupLabel,
  Measure,
  TableCell as Place,
  TableHead,
  TableParams,
  TableResult,
} from "@/api/questions";
import { shadeOf } from "@/charts";
import type { Look, TableCell, TableModel } from "@/charts";
import { measureWords, useEditing } from "@/editors";
import type { Say } from "@/editors";
import { Segmented } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { useLook } from "@/pages/analyse/look";
import { Shown } from "@/pages/analyse/Shown";
import { measureFormat } from "./words";

export function TableAnswer(props: AnswerProps<"table">) {
  const { answer, compact = false } = props;
  const say = useKindSay("table");
  const editing = useEditing();
  const { result, params } = answer;
  const measures = params.measures ?? [{ kind: "count" as const }];
  const names = measures.map((measure) => measureWords(measure, editing));
  const rows = useLook(params.breakdowns, compact);
  const columns = useLook(params.columns, compact);
  const [chosen, setChosen] = useState(0);
  const shaded = chosen < measures.length ? chosen : 0;
  const table = pivot({ params, result, measures, names, shaded }, { rows, columns }, say);
  return (
    <Shown
      props={props}
      view="table"
      views={[]}
      drawing={null}
      label={say("caption")}
      nameOf={() => ""}
      table={table}
      head={
        measures.length > 1 && (
          <Segmented
            size="small"
            aria-label={say("shade")}
            value={shaded}
            onChange={(next) => setChosen(Number(next))}
            options={names.map((label, value) => ({ value, label }))}
          />
        )
      }
      foot={say("foot")}
    />
  );
}

function depth({ values, but }: TableHead): number {
  return values.length + (but ? 1 : 0);
}

/** A head's own value, as its breakdown says it. */
function nameOf(head: TableHead, breakdowns: readonly Breakdown[], look: Look, say: Say): string {
  if (head.but) return say("other");
  if (head.values.length === 0) return say("total");
  // Speech names the value at its place among the breakdowns; the ones before it are said and cut off.
  const label: GroupLabel = head.values;
  const parts = label.slice(0, breakdowns.length).map((_, at) => look.say.group(label.slice(0, at + 1)));
  const own = parts.at(-1) ?? "";
  const before = parts.at(-2);
  return before === undefined ? own : own.slice(before.length + 3);
}

/** A row a row; for every column a cell a measure. Heat is relative to the largest of the same level. */
export function pivot(
  {
    params,
    result,
    measures,
    names,
    shaded,
  }: {
    params: TableParams;
    result: TableResult;
    measures: readonly Measure[];
    names: string[];
    shaded: number;
  },
  looks: { rows: Look; columns: Look },
  say: Say,
): TableModel<Place> {
  const { rows: look } = looks;
  const many = measures.length > 1;
  const largest = new Map<string, number>();
  const level = (row: TableHead, column: TableHead) => `${depth(row)}/${depth(column)}`;
  result.rows.forEach((row, at) => {
    result.columns.forEach((column, to) => {
      const key = level(row, column);
      largest.set(key, Math.max(largest.get(key) ?? 0, result.values[shaded]?.[at]?.[to] ?? 0));
    });
  });
  const across = (head: TableHead) => {
    const whole = path(head, params.columns ?? [], looks.columns, say);
    return whole.length > 0 ? whole.join(" · ") : say("total");
  };
  return {
    caption: say("caption"),
    columns: [
      { title: "" },
      ...result.columns.flatMap((column) =>
        names.map((name) => ({
          title: result.columns.length === 1 ? name : many ? `${across(column)} · ${name}` : across(column),
          align: "right" as const,
        })),
      ),
    ],
    rows: result.rows.map((row, at): TableCell<Place>[] => {
      const own = nameOf(row, params.breakdowns, look, say);
      const full = path(row, params.breakdowns, look, say).join(" · ") || say("total");
      return [
        { text: `${"\u2003".repeat(Math.max(0, depth(row) - 1))}${own}`, raw: full },
        ...result.columns.flatMap((column, to) =>
          measures.map((measure, number): TableCell<Place> => {
            const value = result.values[number]?.[at]?.[to] ?? null;
            const top = largest.get(level(row, column)) ?? 0;
            return {
              text: value === null ? "–" : look.say.figure(value, measureFormat(measure)),
              raw: value,
              shade: number === shaded && depth(row) > 0 ? shadeOf(value, top) : null,
              ...(value
                ? {
                    cell: {
                      measure: number,
                      row: row.values,
                      row_but: row.but,
                      column: column.values,
                      column_but: column.but,
                    },
                  }
                : {}),
              title: [full, result.columns.length > 1 ? across(column) : "", names[number]]
                .filter(Boolean)
                .join(" · "),
            };
          }),
        ),
      ];
    }),
  };
}

function path(head: TableHead, breakdowns: readonly Breakdown[], look: Look, say: Say): string[] {
  const found = head.values.map((_, at) =>
    nameOf({ values: head.values.slice(0, at + 1), but: null }, breakdowns, look, say),
  );
  return head.but ? [...found, say("other")] : found;
}
