import type { CohortCell, CohortFigure, CohortGroup, CohortParams } from "@/api/questions";
import type { Look, TableCell, TableModel } from "@/charts";
import type { Say } from "@/editors";

export const SHOWS = ["cumulative", "rate", "repeaters", "orders", "revenue", "average"] as const;
export type Shows = (typeof SHOWS)[number];
const SHADES = 6;
const MONEY = new Set<Shows>(["revenue", "average"]);
const RATES = new Set<Shows>(["rate", "cumulative"]);

/** A row a cohort under all whose period is over. */
export function cohortTable(
  params: CohortParams,
  group: CohortGroup,
  shows: Shows,
  look: Look,
  say: Say,
): TableModel<CohortCell> {
  const grain = params.grain ?? "month";
  const known = Math.max(
    1,
    ...group.cohorts.map((row) => row.figures.findLastIndex((one) => one.repeaters !== null) + 1),
  );
  const every = group.cohorts.flatMap((row) =>
    row.figures.slice(shows === "orders" || shows === "revenue" ? 1 : 0),
  );
  const most = Math.max(0, ...every.map((one) => one[shows] ?? 0));
  const figure = (
    one: CohortFigure,
    cohort: number | null,
    period: number,
    name: string,
  ): TableCell<CohortCell> => {
    const raw = one[shows];
    const where = shows === "cumulative" ? { by: period } : { period };
    const blank = one.repeaters === null;
    return {
      text:
        raw === null
          ? blank
            ? ""
            : "–"
          : RATES.has(shows)
            ? look.say.percent(raw)
            : look.say.figure(raw, MONEY.has(shows) ? "money" : "number"),
      raw,
      shade:
        raw === null || most <= 0 || raw <= 0
          ? null
          : Math.min(SHADES - 1, Math.floor((raw / most) * (SHADES - 0.01))),
      open: one.incomplete && !blank,
      cell: blank ? undefined : { cohort, ...where, complete: cohort === null, group: group.group },
      title: `${name} · ${look.say.word(`period.${grain}`, { n: period })} · ${say("table.repeaters")}`,
    };
  };
  const total = say("table.total");
  const right = (title: string) => ({ title, align: "right" as const });
  return {
    caption: say("table.cohorts"),
    columns: [
      { title: say("table.cohort") },
      right(say("table.people")),
      ...Array.from({ length: known }, (_, n) => right(look.say.word(`period.${grain}`, { n }))),
    ],
    rows: [
      [
        { text: total, raw: total },
        {
          text: look.say.figure(group.people, "number"),
          raw: group.people,
          cell: { group: group.group },
          title: total,
        },
        ...group.total.slice(0, known).map((one, at) => figure(one, null, at, total)),
      ],
      ...group.cohorts.map((row, number): TableCell<CohortCell>[] => {
        const name = look.say.bucket(row.start, grain);
        return [
          { text: name, raw: row.start.slice(0, 10) },
          {
            text: look.say.figure(row.people, "number"),
            raw: row.people,
            cell: { cohort: number, group: group.group },
            title: name,
          },
          ...row.figures.slice(0, known).map((one, at) => figure(one, number, at, name)),
        ];
      }),
    ],
  };
}

/** From order to order: how many come on, and how long they take. */
export function stepsTable(group: CohortGroup, look: Look, say: Say): TableModel<CohortCell> {
  const right = (title: string) => ({ title, align: "right" as const });
  return {
    caption: say("table.steps"),
    columns: [
      { title: say("table.order") },
      right(say("table.people")),
      right(say("table.of_before")),
      right(say("table.of_all")),
      right(say("table.quarter")),
      right(say("table.median")),
      right(say("table.three_quarters")),
    ],
    rows: group.steps.map((step) => {
      const name = say("order", { n: step.order });
      const time = (seconds: number | null): TableCell<CohortCell> => ({
        text: seconds === null ? "–" : look.say.duration(seconds),
        raw: seconds,
      });
      return [
        { text: name, raw: step.order },
        {
          text: look.say.figure(step.people, "number"),
          raw: step.people,
          cell: { order: step.order, group: group.group },
          title: name,
        },
        { text: step.order === 1 ? "–" : look.say.percent(step.rate), raw: step.rate },
        { text: look.say.percent(step.of_all), raw: step.of_all },
        time(step.quarter),
        time(step.median),
        time(step.three_quarters),
      ];
    }),
  };
}
