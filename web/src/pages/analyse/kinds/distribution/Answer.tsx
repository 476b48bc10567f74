import { useMemo, useState } from "react";
import type { DistributionCell, DistributionGroup, DistributionPoint } from "@/api/questions";
import { plotDrawing, shadeOf } from "@/charts";
import type { Drawing, Look, TableCell, TableModel } from "@/charts";
import { useEditing } from "@/editors";
import type { Say } from "@/editors";
import type { AnswerProps } from "@/pages/analyse/answers";
import { Legend } from "@/pages/analyse/Legend";
import { useKindSay } from "@/pages/analyse/kits";
import { useLook } from "@/pages/analyse/look";
import { GroupPick, Shown, useGroups, viewOf } from "@/pages/analyse/Shown";
import type { Drawn } from "@/pages/analyse/Shown";
import { figureFormat, rangeName } from "./words";
import type { Asked } from "./words";

export function DistributionAnswer(props: AnswerProps<"distribution">) {
  const { answer, view, compact = false } = props;
  const say = useKindSay("distribution");
  const { project } = useEditing();
  const look = useLook(answer.params.breakdowns, compact);
  const [chosen, setChosen] = useState(0);
  const { result, params } = answer;
  const asked: Asked = useMemo(
    () => ({ params, result, currency: project.currency }),
    [params, result, project],
  );
  const views = result.buckets.length > 0 ? ["ranges", "course"] : ["ranges"];
  const shape = viewOf(view, views);
  const group = result.groups[chosen] ?? result.groups[0]!;
  const groups = useGroups(result.groups, look);
  const drawing = useMemo(
    () => (shape === "course" ? courseDrawing(asked, group, look) : rangesDrawing(asked, groups, look, say)),
    [shape, asked, groups, group, look, say],
  );
  const table = useMemo(() => spreadTable(asked, group, look, say), [asked, group, look, say]);
  return (
    <Shown
      props={props}
      view={shape}
      views={views.map((value) => ({ value, label: say(`view.${value}`) }))}
      drawing={drawing}
      label={say("chart_label")}
      nameOf={(id, at) => nameOf(asked, id, at, look, say)}
      table={table}
      head={
        <>
          {result.buckets.length > 0 && (
            <GroupPick groups={result.groups} chosen={chosen} onChoose={setChosen} look={look} />
          )}
          {shape === "ranges" && <Legend {...groups.legend} />}
        </>
      }
      foot={say("foot")}
    />
  );
}

function nameOf(asked: Asked, id: string, at: number, look: Look, say: Say): string {
  const idle = asked.result.groups[0]?.overall.idle === null ? 0 : 1;
  const range = asked.result.ranges[at - idle];
  const name = range ? rangeName(range, asked, look, say) : say("idle");
  const group = asked.result.groups.find((each) => JSON.stringify(each.group) === id);
  return group?.group ? `${look.say.group(group.group)} · ${name}` : name;
}

/** People by range; of several groups the part of each group's people, so that large and small compare. */
export function rangesDrawing(
  asked: Asked,
  groups: Drawn<DistributionGroup>,
  look: Look,
  say: Say,
): Drawing<DistributionCell> {
  const { result } = asked;
  const idle = result.groups[0]?.overall.idle !== null;
  const names = [
    ...(idle ? [say("idle")] : []),
    ...result.ranges.map((range) => rangeName(range, asked, look, say)),
  ];
  return plotDrawing(
    {
      names,
      series: groups.drawn.map(({ group: { group, overall }, colour }) => {
        const counts = [...(idle ? [overall.idle ?? 0] : []), ...overall.counts];
        const whole = counts.reduce((sum, count) => sum + count, 0);
        const shares = counts.map((count) => (whole > 0 ? count / whole : 0));
        const many = groups.split;
        return {
          id: JSON.stringify(group),
          name: look.say.group(group),
          colour,
          values: many ? shares : counts,
          format: many ? ("percent" as const) : ("number" as const),
          notes: many
            ? counts.map((count) => look.say.figure(count, "number"))
            : shares.map((share) => look.say.percent(share)),
          cells: [
            ...(idle ? [{ bucket: null, low: null, high: null, idle: true, group }] : []),
            ...result.ranges.map((range) => ({ bucket: null, ...range, idle: false, group })),
          ],
        };
      }),
    },
    look,
  );
}

/** The percentiles bucket by bucket. */
export function courseDrawing(asked: Asked, group: DistributionGroup, look: Look): Drawing<DistributionCell> {
  const { result, params } = asked;
  const grain = params.grain === "total" ? "day" : (params.grain ?? "day");
  return plotDrawing(
    {
      names: result.buckets.map((start) => look.say.bucket(start, grain)),
      open: result.incomplete,
      time: { starts: result.buckets, grain },
      series: result.percentiles.map((share, number) => ({
        id: `p${share}`,
        name: `P${share}`,
        colour: look.palette.series[number % look.palette.series.length] ?? look.palette.accent,
        type: "line" as const,
        format: figureFormat(params),
        values: group.points.map((point) => point.percentiles[number] ?? null),
        cells: group.points.map((_, bucket) => ({
          bucket,
          low: null,
          high: null,
          idle: false,
          group: group.group,
        })),
      })),
    },
    look,
  );
}

/** A row a group; with a grain, a row a bucket of the chosen group. */
export function spreadTable(
  asked: Asked,
  chosen: DistributionGroup,
  look: Look,
  say: Say,
): TableModel<DistributionCell> {
  const { result, params } = asked;
  const format = figureFormat(params);
  const grain = params.grain === "total" ? "day" : (params.grain ?? "day");
  const idle = result.groups[0]?.overall.idle !== null;
  const right = (title: string) => ({ title, align: "right" as const });
  const row = (
    name: string,
    point: DistributionPoint,
    place: Pick<DistributionCell, "bucket" | "group">,
    open = false,
  ): TableCell<DistributionCell>[] => {
    const figure = (value: number | null, as: typeof format | "percent"): TableCell<DistributionCell> => ({
      text: value === null ? "–" : look.say.figure(value, as),
      raw: value,
    });
    const people = (
      count: number,
      cell: Partial<DistributionCell>,
      title: string,
    ): TableCell<DistributionCell> => ({
      text: look.say.figure(count, "number"),
      raw: count,
      open,
      cell: { ...place, low: null, high: null, idle: false, ...cell },
      title: `${name} · ${title}`,
    });
    const largest = Math.max(...point.counts, 1);
    return [
      { text: name, raw: name },
      people(point.people, {}, say("people")),
      ...(idle ? [people(point.idle ?? 0, { idle: true }, say("idle"))] : []),
      ...result.ranges.map((range, at) => ({
        ...people(point.counts[at] ?? 0, range, rangeName(range, asked, look, say)),
        shade: shadeOf(point.counts[at] ?? 0, largest),
      })),
      figure(point.mean, format),
      ...point.percentiles.map((value) => figure(value, format)),
      figure(point.top_fifth, "percent"),
    ];
  };
  const rows =
    result.buckets.length > 0
      ? [
          row(say("whole_period"), chosen.overall, { bucket: null, group: chosen.group }),
          ...chosen.points.map((point, bucket) =>
            row(
              look.say.bucket(result.buckets[bucket] ?? "", grain),
              point,
              { bucket, group: chosen.group },
              result.incomplete[bucket],
            ),
          ),
        ]
      : result.groups.map(({ group, overall }) =>
          row(look.say.group(group), overall, { bucket: null, group }),
        );
  return {
    caption: say("table"),
    columns: [
      { title: say(result.buckets.length > 0 ? "bucket" : "group") },
      right(say("people")),
      ...(idle ? [right(say("idle"))] : []),
      ...result.ranges.map((range) => right(rangeName(range, asked, look, say))),
      right(say("mean")),
      ...result.percentiles.map((share) => right(`P${share}`)),
      right(say("top_fifth")),
    ],
    rows,
  };
}
