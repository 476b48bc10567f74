import { useMemo } from "react";
import type { CompositionCell, CompositionParams, CompositionResult } from "@/api/questions";
import { OTHER } from "@/api/questions";
import { groupColours, plotDrawing, shadeOf } from "@/charts";
import type { Drawing, Look, TableModel } from "@/charts";
import { useEditing } from "@/editors";
import type { Say } from "@/editors";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { useLook } from "@/pages/analyse/look";
import { Shown, viewOf } from "@/pages/analyse/Shown";
import { measureFormat } from "./words";

const DRAWN = 8;

export function CompositionAnswer(props: AnswerProps<"composition">) {
  const { answer, view, compact = false } = props;
  const say = useKindSay("composition");
  const { say: word } = useEditing();
  const look = useLook(answer.params.breakdowns, compact);
  const { result, params } = answer;
  const views = [
    "parts",
    ...(result.curve.length > 0 ? ["pareto"] : []),
    ...(result.buckets.length > 0 ? ["course"] : []),
  ];
  const shape = viewOf(view, views);
  const drawing = useMemo(
    () =>
      shape === "pareto"
        ? paretoDrawing(result, look, say)
        : shape === "course"
          ? courseDrawing(params, result, look)
          : partsDrawing(params, result, look, say),
    [shape, params, result, look, say],
  );
  const table = useMemo(
    () =>
      shape === "course" ? courseTable(params, result, look, say) : partsTable(params, result, look, say),
    [shape, params, result, look, say],
  );
  const grades = result.grades.map(({ name, parts, part_share, share }) =>
    say("grade_row", {
      name,
      parts: look.say.figure(parts, "number"),
      part_share: look.say.percent(part_share),
      share: look.say.percent(share),
    }),
  );
  return (
    <Shown
      props={props}
      view={shape}
      views={views.map((value) => ({ value, label: say(`view.${value}`) }))}
      drawing={drawing}
      height={shape === "parts" ? Math.max(140, namedParts(result).length * 30 + 30) : 300}
      label={say("chart_label")}
      nameOf={(id, at) =>
        shape === "course"
          ? `${look.say.group(JSON.parse(id) as (string | null)[])} · ${look.say.bucket(result.buckets[at] ?? "", grainOf(params))}`
          : look.say.group(result.shares[at]?.group ?? null)
      }
      table={table}
      foot={
        <>
          {grades.length > 0 && say("grades", { list: grades.join(word("join.list")) })}
          {say("foot")}
        </>
      }
    />
  );
}

function grainOf(params: CompositionParams): "day" | "week" | "month" {
  return params.grain === undefined || params.grain === "total" ? "day" : params.grain;
}

/** The parts that have a name: the rest together would dwarf them. */
function namedParts(result: CompositionResult): CompositionResult["shares"] {
  const found = result.shares.filter(({ group }) => group[0] !== OTHER);
  return found.length > 0 ? found : result.shares;
}

/** The parts, largest on top. */
export function partsDrawing(
  params: CompositionParams,
  result: CompositionResult,
  look: Look,
  say: Say,
): Drawing<CompositionCell> {
  const parts = namedParts(result);
  return plotDrawing(
    {
      lying: true,
      names: parts.map(({ group }) => look.say.group(group)),
      series: [
        {
          id: "value",
          name: say("value"),
          colour: look.palette.accent,
          values: parts.map(({ value }) => value),
          format: measureFormat(params),
          notes: parts.map(({ share }) => look.say.percent(share)),
          cells: parts.map(({ group }) => ({ bucket: null, group })),
        },
      ],
    },
    look,
  );
}

/** How much the largest make, of any number of them. */
export function paretoDrawing(result: CompositionResult, look: Look, say: Say): Drawing<CompositionCell> {
  return plotDrawing(
    {
      names: result.curve.map(({ parts }) => say("largest", { n: parts, of: result.parts })),
      series: [
        {
          id: "curve",
          name: say("made"),
          colour: look.palette.accent,
          type: "line",
          format: "percent",
          values: result.curve.map(({ share }) => share),
          notes: result.curve.map(({ part_share }) => look.say.percent(part_share)),
        },
      ],
    },
    look,
  );
}

/** A bar a period, its parts on top of each other. */
export function courseDrawing(
  params: CompositionParams,
  result: CompositionResult,
  look: Look,
): Drawing<CompositionCell> {
  const shown = result.shares.slice(0, DRAWN);
  const colours = groupColours(
    shown.map(({ group }) => group),
    look.palette,
  );
  return plotDrawing(
    {
      names: result.buckets.map((start) => look.say.bucket(start, grainOf(params))),
      open: result.incomplete,
      time: { starts: result.buckets, grain: grainOf(params) },
      series: shown.map(({ group, values, shares }, number) => ({
        id: JSON.stringify(group),
        name: look.say.group(group),
        colour: colours[number] ?? look.palette.accent,
        stack: "parts",
        values,
        format: measureFormat(params),
        notes: shares.map((share) => look.say.percent(share)),
        cells: result.buckets.map((_, bucket) => ({ bucket, group })),
      })),
    },
    look,
  );
}

/** A row a part. */
export function partsTable(
  params: CompositionParams,
  result: CompositionResult,
  look: Look,
  say: Say,
): TableModel<CompositionCell> {
  const format = measureFormat(params);
  const right = (title: string) => ({ title, align: "right" as const });
  const largest = Math.max(...namedParts(result).map(({ share }) => share ?? 0), 0);
  return {
    caption: say("table"),
    columns: [
      { title: say("part") },
      right(say("value")),
      right(say("share")),
      right(say("cumulative")),
      right(say("grade")),
    ],
    rows: [
      [
        { text: say("total"), raw: say("total") },
        {
          text: look.say.figure(result.total, format),
          raw: result.total,
          cell: { bucket: null, group: null },
          title: say("total"),
        },
        { text: "", raw: null },
        { text: "", raw: null },
        { text: "", raw: null },
      ],
      ...result.shares.map(({ group, value, share, cumulative, grade }) => {
        const name = look.say.group(group);
        return [
          { text: name, raw: name },
          { text: look.say.figure(value, format), raw: value, cell: { bucket: null, group }, title: name },
          {
            text: look.say.percent(share),
            raw: share,
            shade: group[0] === OTHER ? null : shadeOf(share, largest),
          },
          { text: cumulative === null ? "" : look.say.percent(cumulative), raw: cumulative },
          { text: grade ?? "", raw: grade },
        ];
      }),
    ],
  };
}

/** A row a part, a column a period. */
export function courseTable(
  params: CompositionParams,
  result: CompositionResult,
  look: Look,
  say: Say,
): TableModel<CompositionCell> {
  const format = measureFormat(params);
  const names = result.buckets.map((start) => look.say.bucket(start, grainOf(params)));
  return {
    caption: say("table"),
    columns: [{ title: say("part") }, ...names.map((title) => ({ title, align: "right" as const }))],
    rows: result.shares.map(({ group, values, shares }) => {
      const name = look.say.group(group);
      return [
        { text: name, raw: name },
        ...values.map((value, bucket) => ({
          text: look.say.figure(value, format),
          raw: value,
          note: look.say.percent(shares[bucket] ?? null),
          open: result.incomplete[bucket] ?? false,
          ...(value === null ? {} : { cell: { bucket, group } }),
          title: `${name} · ${names[bucket]}`,
        })),
      ];
    }),
  };
}
