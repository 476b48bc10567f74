import { useMemo, useState } from "react";
import type { LifecycleCell, LifecycleGroup, LifecycleParams, LifecycleResult } from "@/api/questions";
import { plotDrawing, shadeOf } from "@/charts";
import type { Drawing, Look, PlotSeries, TableModel } from "@/charts";
import { useEditing } from "@/editors";
import type { Say } from "@/editors";
import { Select } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { Legend, toggled } from "@/pages/analyse/Legend";
import { useLook } from "@/pages/analyse/look";
import { GroupPick, Shown, viewOf } from "@/pages/analyse/Shown";
import { lastWhole, stageColours, stageName } from "./words";

const VIEWS = ["stages", "flows"] as const;
const DORMANT = 3;
const ASLEEP = 4;

export function LifecycleAnswer(props: AnswerProps<"lifecycle">) {
  const { answer, view, compact = false } = props;
  const say = useKindSay("lifecycle");
  const { say: word } = useEditing();
  const look = useLook(answer.params.breakdowns, compact);
  const [chosen, setChosen] = useState(0);
  const [bucket, setBucket] = useState<number | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const { result, params } = answer;
  const shape = viewOf(view, VIEWS);
  const group = result.groups[chosen] ?? result.groups[0]!;
  const at = bucket !== null && bucket < result.buckets.length ? bucket : lastWhole(result);
  const drawing = useMemo(
    () => (shape === "flows" ? null : stagesDrawing(params, result, group, hidden, look, say)),
    [shape, params, result, group, hidden, look, say],
  );
  const table = useMemo(
    () =>
      shape === "flows"
        ? flowTable(params, result, group, at, look, say)
        : stageTable(params, result, group, look, say),
    [shape, params, result, group, at, look, say],
  );
  const grain = params.grain ?? "week";
  const colours = stageColours(result, params, look.palette);
  const drawn = drawnStages(result, params);
  return (
    <Shown
      props={props}
      view={shape}
      views={VIEWS.map((value) => ({ value, label: say(`view.${value}`) }))}
      drawing={drawing}
      label={say("chart_label")}
      nameOf={(id, point) =>
        `${look.say.bucket(result.buckets[point] ?? "", grain)} · ${stageName(id, params, say)}`
      }
      table={table}
      head={
        <>
          <GroupPick groups={result.groups} chosen={chosen} onChoose={setChosen} look={look} />
          {shape === "flows" ? (
            <Select
              size="small"
              style={{ minWidth: 140 }}
              aria-label={say("bucket")}
              value={at}
              onChange={setBucket}
              options={result.buckets.map((start, value) => ({
                value,
                label: look.say.bucket(start, grain),
              }))}
            />
          ) : (
            <Legend
              hidden={hidden}
              onToggle={(key) => setHidden(toggled(hidden, key, drawn.length))}
              entries={drawn.map((stage) => ({
                key: result.stages[stage] ?? "",
                name: stageName(result.stages[stage] ?? "", params, say),
                colour: colours[stage] ?? "",
              }))}
            />
          )}
        </>
      }
      foot={
        shape === "flows"
          ? say("flow_foot")
          : params.stages?.length
            ? word("chart.retention_open")
            : say("foot")
      }
    />
  );
}

/** Who has long been asleep is told in the table: a bar of them would dwarf the rest. */
function drawnStages(result: LifecycleResult, params: LifecycleParams): number[] {
  const all = result.stages.map((_, at) => at);
  return params.stages?.length ? all : all.filter((at) => at !== ASLEEP);
}

/** A bar a period: stages on top of each other, those who fell asleep below zero. */
export function stagesDrawing(
  params: LifecycleParams,
  result: LifecycleResult,
  group: LifecycleGroup,
  hidden: ReadonlySet<string>,
  look: Look,
  say: Say,
): Drawing<LifecycleCell> {
  const colours = stageColours(result, params, look.palette);
  const standard = !params.stages?.length;
  const series = drawnStages(result, params)
    .filter((stage) => !hidden.has(result.stages[stage] ?? ""))
    .map((stage): PlotSeries<LifecycleCell> => {
      const people = group.points.map((point) => point.people[stage] ?? 0);
      const below = standard && stage === DORMANT;
      return {
        id: result.stages[stage] ?? "",
        name: stageName(result.stages[stage] ?? "", params, say),
        colour: colours[stage] ?? look.palette.accent,
        stack: "people",
        values: below ? people.map((count) => -count) : people,
        texts: people.map((count) => look.say.figure(count, "number")),
        cells: group.points.map((_, bucket) => ({ bucket, stage, before: null, group: group.group })),
      };
    });
  return plotDrawing(
    {
      names: result.buckets.map((start) => look.say.bucket(start, params.grain ?? "week")),
      open: result.incomplete,
      time: { starts: result.buckets, grain: params.grain ?? "week" },
      series,
    },
    look,
  );
}

/** A row a period. */
export function stageTable(
  params: LifecycleParams,
  result: LifecycleResult,
  group: LifecycleGroup,
  look: Look,
  say: Say,
): TableModel<LifecycleCell> {
  const standard = !params.stages?.length;
  const right = (title: string) => ({ title, align: "right" as const });
  return {
    caption: say("table"),
    columns: [
      { title: say("bucket") },
      ...result.stages.map((stage) => right(stageName(stage, params, say))),
      ...(standard ? [right(say("quick_ratio"))] : []),
    ],
    rows: group.points.map((point, bucket) => {
      const name = look.say.bucket(result.buckets[bucket] ?? "", params.grain ?? "week");
      return [
        { text: name, raw: (result.buckets[bucket] ?? "").slice(0, 10) },
        ...point.people.map((count, stage) => ({
          text: look.say.figure(count, "number"),
          raw: count,
          open: result.incomplete[bucket] ?? false,
          cell: { bucket, stage, before: null, group: group.group },
          title: `${name} · ${stageName(result.stages[stage] ?? "", params, say)}`,
        })),
        ...(standard
          ? [
              {
                text: look.say.figure(point.quick_ratio, "ratio"),
                raw: point.quick_ratio,
                open: result.incomplete[bucket] ?? false,
              },
            ]
          : []),
      ];
    }),
  };
}

/** Where the people of each stage went in one period, shaded by the part of the row. */
export function flowTable(
  params: LifecycleParams,
  result: LifecycleResult,
  group: LifecycleGroup,
  bucket: number,
  look: Look,
  say: Say,
): TableModel<LifecycleCell> {
  const flows = group.points[bucket]?.flows ?? [];
  const nameOf = (stage: number) =>
    stage < result.stages.length ? stageName(result.stages[stage] ?? "", params, say) : say("not_known");
  return {
    caption: say("flow_table"),
    columns: [
      { title: say("before") },
      ...result.stages.map((_, stage) => ({ title: nameOf(stage), align: "right" as const })),
    ],
    rows: flows.map((row, before) => {
      const whole = row.reduce((sum, count) => sum + count, 0);
      return [
        { text: nameOf(before), raw: nameOf(before) },
        ...row.map((count, stage) => ({
          text: count > 0 ? `${look.say.figure(count, "number")} · ${look.say.percent(count / whole)}` : "",
          raw: count,
          shade: count > 0 ? shadeOf(count, whole) : null,
          ...(count > 0 ? { cell: { bucket, stage, before, group: group.group } } : {}),
          title: say("to", { before: nameOf(before), stage: nameOf(stage) }),
        })),
      ];
    }),
  };
}
