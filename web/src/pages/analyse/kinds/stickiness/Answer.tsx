import { useMemo, useState } from "react";
import type { StickinessCell, StickinessGroup, StickinessParams, StickinessResult } from "@/api/questions";
import { plotDrawing, shadeOf } from "@/charts";
import type { Drawing, Look, TableModel } from "@/charts";
import type { Say } from "@/editors";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { Legend } from "@/pages/analyse/Legend";
import { useLook } from "@/pages/analyse/look";
import { GroupPick, Shown, useGroups, viewOf } from "@/pages/analyse/Shown";
import type { Drawn } from "@/pages/analyse/Shown";

const VIEWS = ["exactly", "at_least", "course"] as const;
const NONE: StickinessCell = { units: null, at_least: false, bucket: null, window: 1, group: null };

export function StickinessAnswer(props: AnswerProps<"stickiness">) {
  const { answer, view, compact = false } = props;
  const say = useKindSay("stickiness");
  const look = useLook(answer.params.breakdowns, compact);
  const [chosen, setChosen] = useState(0);
  const { result, params } = answer;
  const shape = viewOf(view, VIEWS);
  const group = result.groups[chosen] ?? result.groups[0]!;
  const groups = useGroups(result.groups, look);
  const least = shape === "at_least";
  const unit = say(`unit.${params.unit ?? "day"}`);
  const drawing = useMemo(
    () =>
      shape === "course"
        ? ratioDrawing(params, result, group, look, say)
        : unitsDrawing(result, groups, least, look),
    [shape, params, result, groups, group, least, look, say],
  );
  const table = useMemo(
    () =>
      shape === "course"
        ? courseTable(params, result, group, look, say)
        : unitsTable(result, least, unit, look, say),
    [shape, params, result, group, least, unit, look, say],
  );
  return (
    <Shown
      props={props}
      view={shape}
      views={VIEWS.map((value) => ({ value, label: say(`view.${value}`) }))}
      drawing={drawing}
      label={say("chart_label")}
      nameOf={(_, at) =>
        shape === "course"
          ? look.say.bucket(result.buckets[at] ?? "", "day")
          : say(least ? "at_least_n" : "exactly_n", { n: at + 1, unit })
      }
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

/** People by number of units, as a part of each group's people. */
export function unitsDrawing(
  result: StickinessResult,
  groups: Drawn<StickinessGroup>,
  least: boolean,
  look: Look,
): Drawing<StickinessCell> {
  return plotDrawing(
    {
      names: Array.from({ length: result.units }, (_, at) => String(at + 1)),
      series: groups.drawn.map(({ group: { group, people, exactly, at_least }, colour }) => {
        const counts = least ? at_least : exactly;
        return {
          id: JSON.stringify(group),
          name: look.say.group(group),
          colour,
          values: counts.map((count) => (people > 0 ? count / people : 0)),
          format: "percent" as const,
          notes: counts.map((count) => look.say.figure(count, "number")),
          cells: counts.map((_, at) => ({ ...NONE, units: at + 1, at_least: least, group })),
        };
      }),
    },
    look,
  );
}

/** Each day's part of its windows. */
export function ratioDrawing(
  params: StickinessParams,
  result: StickinessResult,
  { group, ratios }: StickinessGroup,
  look: Look,
  say: Say,
): Drawing<StickinessCell> {
  return plotDrawing(
    {
      names: result.buckets.map((start) => look.say.bucket(start, "day")),
      open: result.incomplete,
      time: { starts: result.buckets, grain: "day" },
      series: (params.windows ?? [7, 30]).map((window, number) => ({
        id: `w${window}`,
        name: say("ratio", { n: window }),
        colour: look.palette.series[number] ?? look.palette.accent,
        type: "line" as const,
        format: "percent" as const,
        values: ratios[number] ?? [],
        cells: result.buckets.map((_, bucket) => ({ ...NONE, bucket, group })),
      })),
    },
    look,
  );
}

/** A row a number of units, a column a group. */
export function unitsTable(
  result: StickinessResult,
  least: boolean,
  unit: string,
  look: Look,
  say: Say,
): TableModel<StickinessCell> {
  const last = Math.max(
    1,
    ...result.groups.map(({ exactly }) => exactly.findLastIndex((count) => count > 0) + 1),
  );
  return {
    caption: say("table"),
    columns: [
      { title: say("active", { unit }) },
      ...result.groups.map(({ group }) => ({ title: look.say.group(group), align: "right" as const })),
    ],
    rows: Array.from({ length: last }, (_, at) => {
      const name = say(least ? "at_least_n" : "exactly_n", { n: at + 1, unit });
      return [
        { text: name, raw: name },
        ...result.groups.map(({ group, people, exactly, at_least }) => {
          const count = (least ? at_least : exactly)[at] ?? 0;
          return {
            text: look.say.figure(count, "number"),
            raw: count,
            shade: shadeOf(count, people),
            cell: { ...NONE, units: at + 1, at_least: least, group },
            title: `${look.say.group(group)} · ${name}`,
          };
        }),
      ];
    }),
  };
}

/** A row a day. */
export function courseTable(
  params: StickinessParams,
  result: StickinessResult,
  { group, daily, windows, ratios }: StickinessGroup,
  look: Look,
  say: Say,
): TableModel<StickinessCell> {
  const spans = params.windows ?? [7, 30];
  const right = (title: string) => ({ title, align: "right" as const });
  return {
    caption: say("course_table"),
    columns: [
      { title: say("day") },
      right(say("daily")),
      ...spans.map((n) => right(say("window", { n }))),
      ...spans.map((n) => right(say("ratio", { n }))),
    ],
    rows: result.buckets.map((start, bucket) => {
      const name = look.say.bucket(start, "day");
      const open = result.incomplete[bucket] ?? false;
      const people = (count: number | null, window: number, title: string) => ({
        text: look.say.figure(count, "number"),
        raw: count,
        open,
        ...(count === null ? {} : { cell: { ...NONE, bucket, window, group } }),
        title: `${name} · ${title}`,
      });
      return [
        { text: name, raw: start.slice(0, 10) },
        people(daily[bucket] ?? null, 1, say("daily")),
        ...spans.map((n, at) => people(windows[at]?.[bucket] ?? null, n, say("window", { n }))),
        ...spans.map((_, at) => {
          const share = ratios[at]?.[bucket] ?? null;
          return { text: look.say.percent(share), raw: share, open };
        }),
      ];
    }),
  };
}
