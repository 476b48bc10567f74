import { useMemo, useState } from "react";
import type {
  IntervalCell,
  IntervalGroup,
  IntervalParams,
  IntervalPoint,
  IntervalResult,
} from "@/api/questions";
import { axisBase, cellKey, faded, plotDrawing, shadeOf, still, tip, tooltipBase, valueAxis } from "@/charts";
import type { Drawing, Look, TableCell, TableModel } from "@/charts";
import type { Say } from "@/editors";
import type { AnswerProps } from "@/pages/analyse/answers";
import { Legend } from "@/pages/analyse/Legend";
import { useKindSay } from "@/pages/analyse/kits";
import { useLook } from "@/pages/analyse/look";
import { GroupPick, Shown, useGroups, viewOf } from "@/pages/analyse/Shown";
import type { Drawn } from "@/pages/analyse/Shown";
import { long, rangeName } from "./words";

const VIEWS = ["spread", "course"] as const;
const BOX = ["p10", "p25", "p50", "p75", "p90"] as const;

export function IntervalAnswer(props: AnswerProps<"interval">) {
  const { answer, view, compact = false } = props;
  const say = useKindSay("interval");
  const look = useLook(answer.params.breakdowns, compact);
  const [chosen, setChosen] = useState(0);
  const { result, params } = answer;
  const shape = viewOf(view, VIEWS);
  const group = result.groups[chosen] ?? result.groups[0]!;
  const groups = useGroups(result.groups, look);
  const drawing = useMemo(
    () =>
      shape === "course" ? boxDrawing(params, result, group, look) : spreadDrawing(result, groups, look, say),
    [shape, params, result, groups, group, look, say],
  );
  const table = useMemo(
    () =>
      shape === "course" ? courseTable(params, result, group, look, say) : groupTable(result, look, say),
    [shape, params, result, group, look, say],
  );
  return (
    <Shown
      props={props}
      view={shape}
      views={VIEWS.map((value) => ({ value, label: say(`view.${value}`) }))}
      drawing={drawing}
      label={say("chart_label")}
      nameOf={(id, at) => {
        if (shape === "course") return look.say.bucket(result.buckets[at] ?? "", params.grain ?? "week");
        const range = result.ranges[at];
        const own = result.groups.find((each) => JSON.stringify(each.group) === id)?.group ?? null;
        const name = range ? rangeName(range, look, say) : "";
        return own ? `${look.say.group(own)} · ${name}` : name;
      }}
      table={table}
      head={
        shape === "course" ? (
          <GroupPick groups={result.groups} chosen={chosen} onChoose={setChosen} look={look} />
        ) : (
          <Legend {...groups.legend} />
        )
      }
      foot={say("foot")}
    />
  );
}

/** Intervals by length; of several groups the part of each group's intervals. */
export function spreadDrawing(
  result: IntervalResult,
  groups: Drawn<IntervalGroup>,
  look: Look,
  say: Say,
): Drawing<IntervalCell> {
  return plotDrawing(
    {
      names: result.ranges.map((range) => rangeName(range, look, say)),
      series: groups.drawn.map(({ group: { group, overall }, colour }) => {
        const whole = overall.counts.reduce((sum, count) => sum + count, 0);
        const shares = overall.counts.map((count) => (whole > 0 ? count / whole : 0));
        return {
          id: JSON.stringify(group),
          name: look.say.group(group),
          colour,
          values: shares,
          format: "percent" as const,
          notes: overall.counts.map((count) => look.say.figure(count, "number")),
          cells: result.ranges.map((range) => ({ bucket: null, ...range, group })),
        };
      }),
    },
    look,
  );
}

/** The seconds of a unit in which an axis up to `seconds` has round numbers. */
function unitOf(seconds: number): number {
  return [86_400, 3600, 60].find((unit) => seconds > 2 * unit) ?? 1;
}

/** A box a bucket: the middle half, its median, and whiskers from P10 to P90. */
export function boxDrawing(
  params: IntervalParams,
  result: IntervalResult,
  group: IntervalGroup,
  look: Look,
): Drawing<IntervalCell> {
  const { palette, say } = look;
  const cells: Record<string, IntervalCell> = {};
  group.points.forEach((_, bucket) => {
    cells[cellKey("box", bucket)] = { bucket, low: null, high: null, group: group.group };
  });
  const names = result.buckets.map((start) => say.bucket(start, params.grain ?? "week"));
  const unit = unitOf(Math.max(...group.points.map((point) => (point.p90 ?? 0) / 1000)));
  return {
    cells,
    time: { starts: result.buckets, grain: params.grain ?? "week" },
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
      xAxis: { ...axisBase(palette), type: "category", data: names },
      yAxis: valueAxis(palette, (value) => say.duration(value * unit)),
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        axisPointer: { type: "shadow", shadowStyle: { color: faded(palette.ink3, 0.08) } },
        formatter: (hits: { dataIndex: number }[]) => {
          const at = hits[0]?.dataIndex ?? 0;
          const point = group.points[at];
          return tip(
            names[at] ?? "",
            BOX.toReversed().map((name) => ({
              colour: palette.accent,
              name: name.toUpperCase(),
              value: long(point?.[name] ?? null, look),
            })),
            result.incomplete[at] ? say.word("chart.incomplete") : undefined,
          );
        },
      },
      series: [
        {
          id: "box",
          type: "boxplot",
          boxWidth: [8, 36],
          cursor: "pointer",
          itemStyle: { color: faded(palette.accent, 0.14), borderColor: palette.accent, borderWidth: 1.5 },
          data: group.points.map((point, at) => ({
            value: BOX.map((name) => (point[name] === null ? null : point[name] / 1000 / unit)),
            itemStyle: result.incomplete[at] ? { opacity: 0.45 } : undefined,
          })),
        },
      ],
    },
  };
}

const HEADS = ["least", "P10", "P25", "median", "P75", "P90", "most", "mean"] as const;

function figures(point: IntervalPoint, look: Look): TableCell<IntervalCell>[] {
  return [
    point.minimum,
    point.p10,
    point.p25,
    point.p50,
    point.p75,
    point.p90,
    point.maximum,
    point.mean,
  ].map((value) => ({ text: long(value, look), raw: value === null ? null : value / 1000 }));
}

function counts(
  name: string,
  point: IntervalPoint,
  place: Pick<IntervalCell, "bucket" | "group">,
  look: Look,
  open = false,
): TableCell<IntervalCell>[] {
  return [
    { text: name, raw: name },
    {
      text: look.say.figure(point.people, "number"),
      raw: point.people,
      cell: { ...place, low: null, high: null },
      title: name,
      open,
    },
    { text: look.say.figure(point.pairs, "number"), raw: point.pairs, open },
  ];
}

function columns(first: string, say: Say): TableModel<IntervalCell>["columns"] {
  const right = (title: string) => ({ title, align: "right" as const });
  return [
    { title: first },
    right(say("people")),
    right(say("pairs")),
    ...HEADS.map((head) => right(head.startsWith("P") ? head : say(head))),
  ];
}

/** A row a group, then how its intervals are spread. */
export function groupTable(result: IntervalResult, look: Look, say: Say): TableModel<IntervalCell> {
  return {
    caption: say("table"),
    columns: [
      ...columns(say("group"), say),
      ...result.ranges.map((range) => ({ title: rangeName(range, look, say), align: "right" as const })),
    ],
    rows: result.groups.map(({ group, overall }) => [
      ...counts(look.say.group(group), overall, { bucket: null, group }, look),
      ...figures(overall, look),
      ...result.ranges.map((range, at): TableCell<IntervalCell> => {
        const count = overall.counts[at] ?? 0;
        return {
          text: look.say.figure(count, "number"),
          raw: count,
          shade: shadeOf(count, Math.max(...overall.counts, 1)),
          cell: { bucket: null, ...range, group },
          title: `${look.say.group(group)} · ${rangeName(range, look, say)}`,
        };
      }),
    ]),
  };
}

/** A row a bucket of one group. */
export function courseTable(
  params: IntervalParams,
  result: IntervalResult,
  { group, overall, points }: IntervalGroup,
  look: Look,
  say: Say,
): TableModel<IntervalCell> {
  return {
    caption: say("table"),
    columns: columns(say("bucket"), say),
    rows: [
      [...counts(say("whole_period"), overall, { bucket: null, group }, look), ...figures(overall, look)],
      ...points.map((point, bucket) => [
        ...counts(
          look.say.bucket(result.buckets[bucket] ?? "", params.grain ?? "week"),
          point,
          { bucket, group },
          look,
          result.incomplete[bucket],
        ),
        ...figures(point, look),
      ]),
    ],
  };
}
