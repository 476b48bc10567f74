import type { RetentionCell, RetentionFigure, RetentionGroup, RetentionParams } from "@/api/questions";
import type { Look } from "./look";
import { columnName, heatScale, shade } from "./retention";
import type { TableCell, TableModel } from "./table";

/** The darkest shade is left out: a table full of it is hard to look at. */
const SHADES = 6;
/** Who came back as a share, who did not, the share of the period before, or how many and how much. */
export type RetentionShows = "rate" | "lost" | "previous" | "people" | "value";

/** What a cell shows; `before` is the cell to its left. */
function shownOf(
  shows: RetentionShows,
  entry: RetentionFigure,
  before: RetentionFigure | undefined,
): number | null {
  if (shows === "lost") return entry.rate === null ? null : 1 - entry.rate;
  if (shows === "previous")
    return entry.people !== null && before?.people ? entry.people / before.people : null;
  return shows === "rate" ? entry.rate : shows === "people" ? entry.people : entry.value;
}

/** A row a cohort, newest last, under the weighted mean. */
export function retentionTable(
  {
    params,
    columns,
    group,
    shows = "rate",
    money = false,
  }: {
    params: RetentionParams;
    columns: readonly string[];
    group: RetentionGroup;
    shows?: RetentionShows;
    /** The value is an amount. */
    money?: boolean;
  },
  look: Look,
): TableModel<RetentionCell> {
  const { say } = look;
  const grain = params.grain ?? "day";
  const scale = heatScale(group);
  const figure = (
    entry: RetentionFigure,
    cohort: number | null,
    period: number,
    name: string,
    before: RetentionFigure | undefined,
  ): TableCell<RetentionCell> => {
    const raw = shownOf(shows, entry, before);
    const share = shows === "rate" || shows === "lost" || shows === "previous";
    const unknown = entry.people === null && cohort !== null;
    const text =
      raw === null
        ? unknown
          ? ""
          : "–"
        : share
          ? say.percent(raw)
          : say.figure(raw, shows === "value" && money ? "money" : "number");
    return {
      text,
      raw,
      shade:
        (period === 0 && (entry.rate ?? 0) > scale) || shows === "lost" ? null : shade(entry, scale, SHADES),
      open: entry.incomplete && raw !== null,
      cell: raw === null ? undefined : { cohort, period, group: group.group, lost: shows === "lost" },
      title: `${name} · ${columnName(columns[period] ?? "", params, look)}`,
    };
  };
  const mean = say.word("table.mean");
  return {
    caption: say.word("table.retention"),
    columns: [
      { title: say.word("table.cohort") },
      { title: say.word("table.people"), align: "right" },
      ...columns.map((column) => ({ title: columnName(column, params, look), align: "right" as const })),
    ],
    rows: [
      [
        { text: mean, raw: mean },
        {
          text: say.figure(group.people, "number"),
          raw: group.people,
          cell: { cohort: null, period: null, group: group.group, lost: false },
          title: say.word("table.all_cohorts"),
        },
        ...group.mean
          .slice(0, columns.length)
          .map((entry, at) => figure(entry, null, at, mean, group.mean[at - 1])),
      ],
      ...group.cohorts.map((cohort, index): TableCell<RetentionCell>[] => {
        const name = say.bucket(cohort.start, grain);
        return [
          { text: name, raw: cohort.start.slice(0, 10) },
          {
            text: say.figure(cohort.people, "number"),
            raw: cohort.people,
            cell: { cohort: index, period: null, group: group.group, lost: false },
            title: name,
          },
          ...cohort.figures
            .slice(0, columns.length)
            .map((entry, at) => figure(entry, index, at, name, cohort.figures[at - 1])),
        ];
      }),
    ],
  };
}
