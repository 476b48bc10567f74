import type { TrendsCell, TrendsLine, TrendsParams, TrendsResult } from "@/api/questions";
import {
  axisBase,
  cellKey,
  faded,
  groupColours,
  still,
  textWidth,
  tip,
  tooltipBase,
  valueAxis,
} from "./look";
import type { ChartOption as Option } from "./Chart";
import type { Drawing, Look, TipRow } from "./look";
import { MOMENTS } from "@/format/moments";

export type TrendsShape = "line" | "bar" | "ranking";
/** How many lines are drawn; the table has them all. */
export const DRAWN = 12;
const LABELLED = 4;
/** With more lines than this what they are compared with would be a tangle; the table has it. */
const COMPARED = 3;
const BEHIND = 4;
/** How the lines of several comparisons are told apart. */
const DASHES = ["solid", [7, 4], [2, 3], [10, 3, 2, 3]];

/** What an answer is set against, by the name it goes by. */
export interface ComparedTrends {
  label: string;
  result: TrendsResult;
}

export function lineKey(line: TrendsLine): string {
  return `${line.series}|${JSON.stringify(line.group)}`;
}

/** What a line is called beside others: its group, its series, or both. */
export function lineName(line: TrendsLine, result: TrendsResult, look: Pick<Look, "say">): string {
  const several = new Set(result.lines.map((other) => other.series)).size > 1;
  if (line.group === null) return line.name;
  const group = look.say.group(line.group);
  return several ? `${line.name} · ${group}` : group;
}

/** Whether the groups are hours or weekdays, which stand in their own order and not by size. */
function byTheClock(params: TrendsParams): boolean {
  const [only, more] = params.breakdowns ?? [];
  return only !== undefined && !more && only.property in MOMENTS && !only.bins?.length;
}

/** An answer with hours and weekdays in their own order. */
export function inOrder(params: TrendsParams, result: TrendsResult): TrendsResult {
  if (!byTheClock(params)) return result;
  const place = ({ group }: TrendsLine) => (group === null ? -1 : Number(group[0]));
  const lines = [...result.lines].sort((a, b) => a.series - b.series || place(a) - place(b));
  return { ...result, lines };
}

/** With a breakdown the everyone line is left to the table: parts, not parts and whole. */
export function drawnLines(params: TrendsParams, result: TrendsResult): TrendsLine[] {
  const grouped = new Set(result.lines.filter((line) => line.group !== null).map((line) => line.series));
  return result.lines
    .filter((line) => line.group !== null || !grouped.has(line.series))
    .slice(0, byTheClock(params) ? 2 * DRAWN : DRAWN);
}

export function lineColours(
  params: TrendsParams,
  lines: readonly TrendsLine[],
  look: Pick<Look, "palette">,
): string[] {
  const series = new Set(lines.map((line) => line.series));
  if (series.size === 1 && byTheClock(params) && lines.length > look.palette.series.length)
    return lines.map(() => look.palette.accent);
  if (series.size === 1)
    return groupColours(
      lines.map((line) => line.group),
      look.palette,
    );
  return lines.map(
    (_, index) => look.palette.series[index % look.palette.series.length] ?? look.palette.accent,
  );
}

function linesOf(result: TrendsResult | undefined): Map<string, TrendsLine> {
  return new Map(result?.lines.map((line) => [lineKey(line), line]));
}

function change(now: number | null, then: number | null | undefined, look: Look): string {
  if (now === null || then === null || then === undefined || then === 0) return "";
  const share = now / then - 1;
  return `${share > 0 ? "↑" : share < 0 ? "↓" : ""} ${look.say.percent(Math.abs(share))}`;
}

export interface TrendsDrawing {
  params: TrendsParams;
  result: TrendsResult;
  compared?: readonly ComparedTrends[] | undefined;
  shape: TrendsShape;
  hidden?: ReadonlySet<string>;
}

export function trendsDrawing(asked: TrendsDrawing, look: Look): Drawing<TrendsCell> {
  return asked.shape === "ranking" || (asked.params.grain ?? "day") === "total"
    ? ranking(asked, look)
    : overTime(asked, look);
}

function overTime(
  { params, result, compared = [], shape, hidden }: TrendsDrawing,
  look: Look,
): Drawing<TrendsCell> {
  const { palette, say } = look;
  const grain = params.grain ?? "day";
  const all = drawnLines(params, result);
  const colours = lineColours(params, all, look);
  const shown = all
    .map((line, at) => ({ line, colour: colours[at] ?? palette.accent, name: lineName(line, result, look) }))
    .filter(({ line }) => !hidden?.has(lineKey(line)));
  const before = linesOf(compared[0]?.result);
  const behind = shown.length > COMPARED ? [] : compared.slice(0, Math.floor(BEHIND / shown.length));
  const firstOpen = result.incomplete.indexOf(true);
  const cells: Record<string, TrendsCell> = {};
  const formats = new Set(shown.map(({ line }) => line.format));
  const second =
    formats.size > 1 ? shown.find(({ line }) => line.format !== shown[0]?.line.format)?.line.format : null;
  const labelled =
    shape === "line" && !look.narrow && !look.compact && shown.length > 1 && shown.length <= LABELLED;
  const toldApart =
    shape === "line" && !look.narrow && !look.compact && shown.length === 1 && behind.length > 1;
  const stacked = shape === "bar" && shown.some(({ line }) => line.group !== null);

  const only = shown.length === 1 && shape === "line" ? shown[0]?.line : undefined;
  const ahead = (shape === "line" && result.ahead) || [];
  const buckets = [...new Set([...result.buckets, ...ahead])].sort();
  const series = shown.flatMap(({ line, colour, name }, at): Option[] => {
    const id = lineKey(line);
    line.values.forEach((_, bucket) => {
      if (line.opens) cells[cellKey(id, bucket)] = { series: line.series, bucket, group: line.group };
    });
    const yAxisIndex = second !== null && line.format === second ? 1 : 0;
    const shared = { id, name, yAxisIndex, z: 10 - at / 10, emphasis: { focus: "none" } };
    if (shape === "bar") {
      return [
        {
          ...shared,
          type: "bar",
          stack: stacked ? `s${line.series}` : undefined,
          barMaxWidth: 36,
          barCategoryGap: "28%",
          data: line.values.map((value, bucket) => ({
            value,
            itemStyle: result.incomplete[bucket]
              ? { color: faded(colour, 0.35), borderColor: colour, borderType: "dashed", borderWidth: 1 }
              : { color: colour },
          })),
        },
      ];
    }
    const whole = firstOpen < 0 ? line.values : line.values.map((value, i) => (i < firstOpen ? value : null));
    const open = line.values.map((value, i) => (firstOpen >= 0 && i >= firstOpen - 1 ? value : null));
    const drawn = {
      ...shared,
      type: "line",
      symbol: "circle",
      symbolSize: 6,
      showSymbol: line.values.filter((value) => value !== null).length === 1,
      itemStyle: { color: colour },
      connectNulls: false,
    };
    const area = shown.length === 1 && { color: faded(colour, 0.07) };
    const label = labelled && {
      show: true,
      formatter: name,
      color: colour,
      fontSize: 12,
      distance: 8,
      overflow: "truncate",
      width: 150,
    };
    return [
      {
        ...drawn,
        data: whole,
        lineStyle: { width: 2, color: colour },
        areaStyle: area || undefined,
        endLabel: firstOpen < 0 ? label || undefined : undefined,
        labelLayout: { moveOverlap: "shiftY" },
      },
      {
        ...drawn,
        id: `${id}~open`,
        data: open,
        lineStyle: { width: 2, color: colour, type: [3, 4] },
        endLabel: firstOpen >= 0 ? label || undefined : undefined,
        labelLayout: { moveOverlap: "shiftY" },
      },
      ...strange(line, result, palette.warn),
      ...(ahead.length > 0 && line.ahead?.length
        ? [
            {
              ...drawn,
              id: `${id}~ahead`,
              data: buckets.map((start) => {
                const known = result.buckets.indexOf(start);
                const next = buckets[buckets.indexOf(start) + 1];
                return ahead.includes(start)
                  ? (line.ahead?.[ahead.indexOf(start)]?.value ?? null)
                  : next === ahead[0]
                    ? (line.values[known] ?? null)
                    : null;
              }),
              silent: true,
              showSymbol: false,
              lineStyle: { width: 2, color: faded(colour, 0.6), type: [6, 5] },
            },
          ]
        : []),
      ...behind.flatMap(({ label: name, result: other }, at): Option[] => {
        const then = linesOf(other).get(id);
        if (!then) return [];
        return [
          {
            ...drawn,
            id: `${id}~before${at || ""}`,
            data: result.buckets.map((_, i) => then.values[i] ?? null),
            z: 1,
            silent: true,
            showSymbol: false,
            lineStyle: { width: 1.5, color: faded(colour, 0.42), type: DASHES[at] },
            endLabel: toldApart
              ? {
                  show: true,
                  formatter: name,
                  color: palette.ink2,
                  fontSize: 12,
                  distance: 8,
                  overflow: "truncate",
                  width: 150,
                }
              : undefined,
            labelLayout: { moveOverlap: "shiftY" },
          },
        ];
      }),
    ];
  });

  if (only) {
    const usual = buckets.map((start) => only.usual?.[result.buckets.indexOf(start)] ?? null);
    const coming = buckets.map((start) => only.ahead?.[ahead.indexOf(start)] ?? null);
    const colour = shown[0]?.colour ?? palette.accent;
    series.push(
      ...corridor("usual", usual, faded(palette.ink3, 0.16)),
      ...corridor("coming", coming, faded(colour, 0.14)),
    );
  }

  const axis = (format: TrendsLine["format"]) => valueAxis(palette, (value) => say.short(value, format));
  const beside = toldApart ? behind.map(({ label }) => label) : shown.map(({ name }) => name);
  const widest = Math.max(0, ...beside.map((name) => Math.min(150, textWidth(name))));
  return {
    nearest: true,
    cells,
    ...(grain === "total" ? {} : { time: { starts: buckets, grain } }),
    option: {
      ...still,
      grid: {
        left: 4,
        right: labelled || toldApart ? widest + 20 : second !== null ? 4 : 16,
        top: 12,
        bottom: 4,
        outerBoundsMode: "same",
        outerBoundsContain: "axisLabel",
      },
      xAxis: {
        ...axisBase(palette),
        type: "category",
        boundaryGap: shape === "bar",
        data: buckets.map((start) => say.bucket(start, grain)),
      },
      yAxis:
        second !== null && second !== undefined
          ? [axis(shown[0]?.line.format ?? "number"), { ...axis(second), splitLine: { show: false } }]
          : axis(shown[0]?.line.format ?? "number"),
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        axisPointer: {
          type: shape === "bar" ? "shadow" : "line",
          lineStyle: { color: palette.edge, type: "solid" },
          shadowStyle: { color: faded(palette.ink, 0.05) },
        },
        formatter: (points: { dataIndex: number }[]) => {
          const at = points[0]?.dataIndex ?? 0;
          const rows = shown.flatMap(({ line, colour, name }): TipRow[] => {
            const value = line.values[at] ?? null;
            const row = { colour, name, value: say.figure(value, line.format) };
            if (compared.length < 2) {
              return [{ ...row, note: change(value, before.get(lineKey(line))?.values[at], look) }];
            }
            const others = compared.flatMap(({ label, result: other }): TipRow[] => {
              const then = linesOf(other).get(lineKey(line))?.values[at];
              if (then === undefined) return [];
              return [
                {
                  colour: faded(colour, 0.42),
                  name: label,
                  value: say.figure(then, line.format),
                  note: change(value, then, look),
                },
              ];
            });
            return [{ ...row, note: "" }, ...(shown.length <= COMPARED ? others : [])];
          });
          const start = buckets[at] ?? "";
          const feet = [
            ...shown.flatMap(({ line, name }) =>
              outlookWords(line, result, start, look, shown.length > 1 ? name : null),
            ),
            ...(result.incomplete[at] ? [say.word("chart.incomplete")] : []),
          ];
          return tip(say.bucket(start, grain), rows, feet);
        },
      },
      series,
    },
  };
}

/** The points of a line outside their usual range. */
function strange(line: TrendsLine, result: TrendsResult, colour: string): Option[] {
  const { unusual = [] } = line;
  if (unusual.length === 0) return [];
  return [
    {
      id: `${lineKey(line)}~unusual`,
      type: "scatter",
      silent: true,
      symbolSize: 9,
      z: 20,
      itemStyle: { color: "transparent", borderColor: colour, borderWidth: 2 },
      data: result.buckets.map((_, at) => (unusual.includes(at) ? line.values[at] : null)),
    },
  ];
}

/** A shaded band between low and high: one invisible area below, one seen on top of it. */
function corridor(id: string, ends: ({ low: number; high: number } | null)[], colour: string): Option[] {
  if (ends.every((one) => one === null)) return [];
  const shared = {
    type: "line",
    stack: id,
    stackStrategy: "all",
    silent: true,
    showSymbol: false,
    symbol: "none",
    lineStyle: { opacity: 0 },
    tooltip: { show: false },
    z: 0,
  };
  return [
    { ...shared, id: `${id}~low`, data: ends.map((one) => one?.low ?? null) },
    {
      ...shared,
      id: `${id}~room`,
      data: ends.map((one) => (one ? one.high - one.low : null)),
      areaStyle: { color: colour },
    },
  ];
}

/** What a tooltip says of a point's usual range, or of a point to come. */
function outlookWords(
  line: TrendsLine,
  result: TrendsResult,
  start: string,
  { say }: Look,
  name: string | null,
): string[] {
  const at = result.buckets.indexOf(start);
  const figure = (value: number) => say.figure(whole(line, value), line.format);
  const between = (one: { low: number; high: number }) => ({ low: figure(one.low), high: figure(one.high) });
  const usual = line.usual?.[at];
  const coming = line.ahead?.[result.ahead?.indexOf(start) ?? -1];
  const told = [
    ...(usual ? [say.word("chart.usual", between(usual))] : []),
    ...(coming ? [say.word("chart.coming", { value: figure(coming.value), ...between(coming) })] : []),
  ];
  return name === null ? told : told.map((words) => `${name}: ${words}`);
}

/** Counts have no fractions; shares and amounts keep theirs. */
function whole(line: TrendsLine, value: number): number {
  const counts = line.values.every((one) => one === null || Number.isInteger(one));
  return counts && line.format !== "percent" ? Math.round(value) : value;
}

/** One bar a line, longest first: for totals and for many groups. */
function ranking({ params, result, compared, hidden }: TrendsDrawing, look: Look): Drawing<TrendsCell> {
  const { palette, say } = look;
  const all = drawnLines(params, result);
  const colours = lineColours(params, all, look);
  const before = linesOf(compared?.[0]?.result);
  const shown = all
    .map((line, at) => ({ line, colour: colours[at] ?? palette.accent, name: lineName(line, result, look) }))
    .filter(({ line }) => !hidden?.has(lineKey(line)))
    .sort((a, b) => (byTheClock(params) ? 0 : (b.line.total ?? 0) - (a.line.total ?? 0)));
  const cells: Record<string, TrendsCell> = {};
  shown.forEach(({ line }, at) => {
    if (line.opens) cells[cellKey("total", at)] = { series: line.series, bucket: null, group: line.group };
  });
  const widest = Math.max(0, ...shown.map(({ name }) => Math.min(look.narrow ? 110 : 180, textWidth(name))));
  return {
    cells,
    option: {
      ...still,
      grid: { left: widest + 12, right: 84, top: 4, bottom: 4 },
      xAxis: { type: "value", show: false },
      yAxis: {
        type: "category",
        inverse: true,
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: palette.ink2, fontSize: 12, width: widest, overflow: "truncate" },
        data: shown.map(({ name }) => name),
      },
      tooltip: {
        ...tooltipBase(palette),
        trigger: "item",
        formatter: ({ dataIndex }: { dataIndex: number }) => {
          const row = shown[dataIndex];
          if (!row) return "";
          const then = before.get(lineKey(row.line))?.total;
          return tip(row.name, [
            {
              colour: row.colour,
              name: row.line.name,
              value: say.figure(row.line.total, row.line.format),
              note: change(row.line.total, then, look),
            },
          ]);
        },
      },
      series: [
        {
          id: "total",
          type: "bar",
          barMaxWidth: 22,
          barCategoryGap: "35%",
          data: shown.map(({ line, colour }) => ({ value: line.total, itemStyle: { color: colour } })),
          label: {
            show: true,
            position: "right",
            color: palette.ink,
            fontSize: 12,
            formatter: ({ dataIndex }: { dataIndex: number }) =>
              say.figure(shown[dataIndex]?.line.total ?? null, shown[dataIndex]?.line.format ?? "number"),
          },
        },
      ],
    },
  };
}
