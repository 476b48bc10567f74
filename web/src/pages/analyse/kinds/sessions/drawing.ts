/** Sessions as charts: one figure over time, a line a group. */
import type {
  GroupLabel,
  SessionFigures,
  SessionGroup,
  SessionsCell,
  SessionsParams,
  SessionsResult,
} from "@/api/questions";
import type { ChartOption, Drawing, Look, TableCell, TableModel } from "@/charts";
import { axisBase, cellKey, faded, groupColours, still, tip, tooltipBase, valueAxis } from "@/charts/look";
import type { Format } from "@/charts";
import type { Say } from "@/editors";

export const SHOWS = [
  "sessions",
  "people",
  "per_person",
  "duration_median",
  "depth_mean",
  "bounce_rate",
] as const;
export type Shows = (typeof SHOWS)[number];
export const FORMATS: Record<keyof SessionFigures, Format> = {
  sessions: "number",
  people: "number",
  per_person: "ratio",
  bounces: "number",
  bounce_rate: "percent",
  duration_mean: "seconds",
  duration_median: "seconds",
  duration_p90: "seconds",
  depth_mean: "ratio",
  depth_median: "ratio",
};
export const DRAWN = 8;

/** With a breakdown its groups, otherwise everyone. */
export function lines(result: SessionsResult, hidden?: ReadonlySet<string>): SessionGroup[] {
  const split = result.groups.filter(({ group }) => group !== null);
  return (split.length > 0 ? split.slice(0, DRAWN) : result.groups).filter(
    ({ group }) => !hidden?.has(JSON.stringify(group)),
  );
}

export interface Asked {
  params: SessionsParams;
  result: SessionsResult;
  compared?: SessionsResult | undefined;
  shows: Shows;
  hidden?: ReadonlySet<string>;
  say: Say;
}

export function trendDrawing(
  { params, result, compared, shows, hidden, say }: Asked,
  look: Look,
): Drawing<SessionsCell> {
  const { palette } = look;
  const grain = params.grain ?? "day";
  const format = FORMATS[shows];
  const all = lines(result);
  const palettes = groupColours(
    all.map(({ group }) => group),
    palette,
  );
  const colourOf = ({ group }: SessionGroup) =>
    palettes[all.findIndex((each) => JSON.stringify(each.group) === JSON.stringify(group))] ?? palette.accent;
  const shown = lines(result, hidden);
  const open = result.incomplete.map((each, at) => (each ? at : -1)).filter((at) => at > 0)[0] ?? -1;
  const cells: Record<string, SessionsCell> = {};
  const before = shown.length === 1 ? compared?.groups[0]?.points : undefined;
  const series = shown.flatMap((line): ChartOption[] => {
    const id = JSON.stringify(line.group);
    line.points.forEach((_, bucket) => {
      cells[cellKey(id, bucket)] = { bucket, group: line.group };
    });
    const values = line.points.map((point) => point[shows]);
    const colour = colourOf(line);
    const drawn = {
      id,
      name: look.say.group(line.group),
      type: "line",
      symbol: "circle",
      symbolSize: 6,
      showSymbol: values.length === 1,
      itemStyle: { color: colour },
    };
    return [
      {
        ...drawn,
        data: open > 0 ? values.map((value, at) => (at < open ? value : null)) : values,
        lineStyle: { width: 2, color: colour },
        areaStyle: shown.length === 1 ? { color: faded(colour, 0.07) } : undefined,
      },
      ...(open > 0
        ? [
            {
              ...drawn,
              id: `${id}~open`,
              data: values.map((value, at) => (at >= open - 1 ? value : null)),
              lineStyle: { width: 2, color: colour, type: "dashed" },
            },
          ]
        : []),
    ];
  });
  if (before) {
    series.push({
      id: "before",
      type: "line",
      silent: true,
      showSymbol: false,
      z: 1,
      lineStyle: { width: 1.5, color: faded(palette.accent, 0.42) },
      data: before.slice(0, result.buckets.length).map((point) => point[shows]),
    });
  }
  return {
    nearest: true,
    cells,
    time: { starts: result.buckets, grain },
    option: {
      ...still,
      grid: {
        left: 4,
        right: 16,
        top: 12,
        bottom: 4,
        outerBoundsMode: "same",
        outerBoundsContain: "axisLabel",
      },
      xAxis: {
        ...axisBase(palette),
        type: "category",
        boundaryGap: false,
        data: result.buckets.map((start) => look.say.bucket(start, grain)),
      },
      yAxis: valueAxis(palette, (value) => look.say.short(value, format)),
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        axisPointer: { type: "line", lineStyle: { color: palette.edge, type: "solid" } },
        formatter: (hits: { dataIndex: number }[]) => {
          const at = hits[0]?.dataIndex ?? 0;
          const rows = shown.map((line) => ({
            colour: colourOf(line),
            name: shown.length === 1 ? say(`figure.${shows}`) : look.say.group(line.group),
            value: look.say.figure(line.points[at]?.[shows] ?? null, format),
          }));
          if (before) {
            rows.push({
              colour: faded(palette.accent, 0.42),
              name: look.say.word("chart.compared"),
              value: look.say.figure(before[at]?.[shows] ?? null, format),
            });
          }
          const note = result.incomplete[at] ? say("incomplete") : undefined;
          return tip(look.say.bucket(result.buckets[at] ?? "", grain), rows, note);
        },
      },
      series,
    },
  };
}

/** Every group with its figures of the period. */
export function groupsTable(result: SessionsResult, look: Look, say: Say): TableModel<SessionsCell> {
  const columns = [
    "sessions",
    "people",
    "per_person",
    "duration_median",
    "duration_mean",
    "duration_p90",
    "depth_mean",
    "bounce_rate",
  ] as const;
  return {
    caption: say("groups"),
    columns: [
      { title: say("group") },
      ...columns.map((column) => ({ title: say(`figure.${column}`), align: "right" as const })),
    ],
    rows: result.groups.map(({ group, total }): TableCell<SessionsCell>[] => [
      { text: look.say.group(group), raw: look.say.group(group) },
      ...columns.map((column): TableCell<SessionsCell> => ({
        text: look.say.figure(total[column], FORMATS[column]),
        raw: total[column],
        title: look.say.group(group),
        ...(column === "people" ? { cell: { group } } : {}),
        ...(column === "bounce_rate" ? { cell: { group, bounced: true } } : {}),
      })),
    ]),
  };
}

/** Where sessions begin and end. */
export function endsTable(
  result: SessionsResult,
  look: Look,
  say: Say,
  name: (label: GroupLabel) => string,
): TableModel<SessionsCell> {
  const besides = result.ends.map(({ node }) => node).filter((node) => node[0] !== "$other");
  const all = result.groups[0]?.total.sessions ?? 0;
  return {
    caption: say("ends.caption"),
    columns: [
      { title: say("ends.node") },
      ...(
        ["entries", "entry_share", "entry_people", "bounce", "exits", "exit_people", "exit_rate"] as const
      ).map((column) => ({ title: say(`ends.${column}`), align: "right" as const })),
    ],
    rows: result.ends.map((end): TableCell<SessionsCell>[] => {
      const beside = end.node[0] === "$other" ? besides : [];
      const words = name(end.node);
      const rate = end.exit_rate;
      return [
        { text: words, raw: words },
        { text: look.say.figure(end.entries, "number"), raw: end.entries },
        {
          text: look.say.percent(all ? end.entries / all : null),
          raw: all ? end.entries / all : null,
          tone: "quiet",
        },
        {
          text: look.say.figure(end.entry_people, "number"),
          raw: end.entry_people,
          cell: { entry: end.node, besides: beside },
          title: say("ends.in", { node: words }),
        },
        {
          text: look.say.percent(end.entries ? end.bounces / end.entries : null),
          raw: end.entries ? end.bounces / end.entries : null,
        },
        { text: look.say.figure(end.exits, "number"), raw: end.exits },
        {
          text: look.say.figure(end.exit_people, "number"),
          raw: end.exit_people,
          cell: { exit: end.node, besides: beside },
          title: say("ends.out", { node: words }),
        },
        {
          text: look.say.percent(rate),
          raw: rate,
        },
      ];
    }),
  };
}
