import type { LtvCell, LtvFigure, LtvGroup, LtvLine, LtvParams, LtvResult } from "@/api/questions";
import type { Look, TableCell, TableModel } from "@/charts";
import type { Say } from "@/editors";

export const SHOWS = ["arpu", "arppu", "value", "payers"] as const;
export type Shows = (typeof SHOWS)[number];
const SHADES = 6;

/** A row a cohort under everyone who has come so far; costs stand beside them where they are known. */
export function cohortTable(
  params: LtvParams,
  ages: readonly number[],
  group: LtvGroup,
  shows: Shows,
  look: Look,
  say: Say,
): TableModel<LtvCell> {
  const lines: (LtvLine & { start?: string })[] = [group.total, ...group.cohorts];
  const most = Math.max(0, ...lines.flatMap((line) => line.figures.map((one) => one.arpu ?? 0)));
  const priced = lines.some((line) => line.cost !== null);
  const right = (title: string) => ({ title, align: "right" as const });
  const figure = (one: LtvFigure, cohort: number | null, age: number, name: string): TableCell<LtvCell> => {
    const raw = one[shows];
    const shade = one.arpu === null || most === 0 ? null : Math.floor((one.arpu / most) * (SHADES - 0.01));
    return {
      text: raw === null ? "" : look.say.figure(raw, shows === "payers" ? "number" : "money"),
      raw,
      shade: shade === null ? null : Math.max(0, shade),
      open: one.incomplete && raw !== null,
      cell: raw === null ? undefined : { cohort, age, paid: shows !== "value", group: group.group },
      title: `${name} · ${say("age", { n: age })} · ${say("table.payers")}`,
    };
  };
  return {
    caption: say("table.cohorts"),
    columns: [
      { title: say("table.cohort") },
      right(say("table.people")),
      ...(priced ? [right(say("table.cac")), right(say("table.payback")), right(say("table.ratio"))] : []),
      ...ages.map((age) => right(say("age", { n: age }))),
    ],
    rows: lines.map((line, at) => {
      const cohort = at === 0 ? null : at - 1;
      const name = line.start ? look.say.bucket(line.start, params.grain ?? "week") : say("table.total");
      return [
        { text: name, raw: line.start?.slice(0, 10) ?? name },
        {
          text: look.say.figure(line.people, "number"),
          raw: line.people,
          cell: { cohort, group: group.group },
          title: name,
        },
        ...(priced ? costCells(line, look, say) : []),
        ...line.figures.map((one, column) => figure(one, cohort, ages[column] ?? 0, name)),
      ];
    }),
  };
}

function costCells(line: LtvLine, look: Look, say: Say): TableCell<LtvCell>[] {
  return [
    { text: line.cac === null ? "–" : look.say.figure(line.cac, "money"), raw: line.cac },
    { text: line.payback === null ? "–" : say("days", { n: line.payback }), raw: line.payback },
    {
      text: line.ratio === null ? "–" : look.say.figure(line.ratio, "ratio"),
      raw: line.ratio,
      tone: line.ratio === null ? undefined : line.ratio >= 1 ? "up" : "down",
    },
  ];
}

/** A row a group: people, cost, value, payback; dearest question first: does it pay? */
export function groupTable(
  result: LtvResult,
  colours: readonly string[],
  look: Look,
  say: Say,
): TableModel<LtvCell> {
  const right = (title: string) => ({ title, align: "right" as const });
  const split = result.groups.length > 1 ? result.groups.slice(1) : result.groups;
  return {
    caption: say("table.groups"),
    columns: [
      { title: say("table.group") },
      right(say("table.people")),
      right(say("table.cost")),
      right(say("table.cac")),
      right(say("table.payback")),
      right(say("table.ratio")),
      ...result.ages.map((age) => right(say("age", { n: age }))),
    ],
    rows: [...(result.groups.length > 1 ? result.groups.slice(0, 1) : []), ...split].map(
      ({ group, total }) => {
        const name = look.say.group(group);
        const at = split.findIndex((one) => one.group === group);
        return [
          { text: name, raw: name, ...(group && colours[at] ? { colour: colours[at] } : {}) },
          { text: look.say.figure(total.people, "number"), raw: total.people, cell: { group }, title: name },
          { text: total.cost === null ? "–" : look.say.figure(total.cost, "money"), raw: total.cost },
          ...costCells(total, look, say),
          ...total.figures.map((one, column): TableCell<LtvCell> => ({
            text: one.arpu === null ? "" : look.say.figure(one.arpu, "money"),
            raw: one.arpu,
            cell: one.arpu === null ? undefined : { age: result.ages[column] ?? 0, group },
            title: `${name} · ${say("age", { n: result.ages[column] ?? 0 })}`,
          })),
        ];
      },
    ),
  };
}
