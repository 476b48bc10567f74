import type { FunnelCell, FunnelGroup, FunnelParams, FunnelResult, FunnelStep } from "@/api/questions";
import type { ChartOption as Option } from "./Chart";
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
import type { Drawing, Look } from "./look";

/** How many breakdown values stand side by side; the table has them all. */
export const DRAWN = 6;

/** The groups that are drawn: the breakdown's values if there are any, else everyone. */
export function drawnGroups(result: FunnelResult, hidden?: ReadonlySet<string>): FunnelGroup[] {
  const split = result.groups.filter((group) => group.group !== null);
  const drawn = split.length > 0 ? split.slice(0, DRAWN) : result.groups;
  return drawn.filter((group) => !hidden?.has(JSON.stringify(group.group)));
}

export function funnelColours(result: FunnelResult, look: Pick<Look, "palette">): Map<string, string> {
  const groups = drawnGroups(result).map((group) => group.group);
  const colours = groupColours(groups, look.palette);
  return new Map(groups.map((group, at) => [JSON.stringify(group), colours[at] ?? look.palette.accent]));
}

/** The required step before a step; what is lost or skipped is of those who reached it. */
export function stepBefore(steps: readonly FunnelStep[], at: number): number {
  let before = at - 1;
  while (before > 0 && steps[before]?.optional) before -= 1;
  return before;
}

export interface FunnelDrawing {
  result: FunnelResult;
  compared?: FunnelResult | undefined;
  hidden?: ReadonlySet<string>;
  /** What is counted. */
  count?: FunnelParams["count"];
}

/**
 * A column a step: solid is who reached it, hatched is who dropped out before it. An optional step is paler, and
 * dashed on top of it is who skipped it. With groups side by side the height is the rate of each group's own first step, so that a small group can be read.
 */
export function funnelDrawing(
  { result, compared, hidden, count }: FunnelDrawing,
  look: Look,
): Drawing<FunnelCell> {
  const { palette, say } = look;
  const groups = drawnGroups(result, hidden);
  const colours = funnelColours(result, look);
  const split = groups.length > 1;
  const steps = result.groups[0]?.steps ?? [];
  const before = compared?.groups.find((group) => group.group === null);
  const cells: Record<string, FunnelCell> = {};

  const series = groups.flatMap((group, index): Option[] => {
    const id = JSON.stringify(group.group);
    const colour = colours.get(id) ?? palette.accent;
    const lost = group.steps.map(
      (step, at) => (group.steps[stepBefore(group.steps, at)]?.rate ?? step.rate ?? 0) - (step.rate ?? 0),
    );
    group.steps.forEach((each, at) => {
      cells[cellKey(id, at)] = { step: at + 1, dropped: false, group: group.group };
      const step = each.optional ? at + 1 : stepBefore(group.steps, at) + 1;
      if (at > 0) cells[cellKey(`${id}~lost`, at)] = { step, dropped: true, group: group.group };
    });
    const pale = { itemStyle: { color: faded(colour, 0.45) }, label: { color: palette.ink } };
    const skipped = {
      itemStyle: {
        color: "transparent",
        decal: { symbol: "none" },
        borderColor: faded(colour, 0.5),
        borderType: "dashed",
        borderWidth: 1,
      },
    };
    const bars = {
      type: "bar",
      stack: id,
      barMaxWidth: 120,
      barGap: "8%",
      barCategoryGap: split ? "24%" : "38%",
    };
    return [
      {
        ...bars,
        id,
        name: say.group(group.group),
        itemStyle: { color: colour },
        data: group.steps.map((step) => (step.optional ? { value: step.rate, ...pale } : step.rate)),
        label: {
          show: !look.compact && (groups.length <= 3 || steps.length * groups.length <= 12),
          position: "insideBottom",
          distance: 6,
          color: palette.onAccent,
          fontSize: 11,
          formatter: ({ dataIndex, value }: { dataIndex: number; value: number | null }) =>
            dataIndex > 0 && value !== null && value >= 0.08 ? say.percent(value) : "",
        },
        z: 3 - index / 10,
      },
      {
        ...bars,
        id: `${id}~lost`,
        data: lost.map((share, at) => {
          if (share <= 0) return null;
          return group.steps[at]?.optional ? { value: share, ...skipped } : share;
        }),
        itemStyle: {
          color: faded(colour, 0.1),
          decal: {
            symbol: "rect",
            dashArrayX: [1, 0],
            dashArrayY: [2, 5],
            rotation: -Math.PI / 4,
            color: faded(colour, 0.22),
          },
        },
        emphasis: { itemStyle: { color: faded(palette.loss, 0.22) } },
      },
    ];
  });

  // The period before stands beside each column as a short line at its height, in a halo to be seen on any.
  if (before && !split) {
    const wide = look.narrow ? 24 : 48;
    const lines = [
      { id: "before~halo", symbolSize: [wide + 4, 7], color: palette.surface },
      { id: "before", symbolSize: [wide, 3], color: palette.ink },
    ];
    series.push(
      ...lines.map(({ id, symbolSize, color }) => ({
        id,
        type: "line",
        silent: true,
        symbol: "rect",
        symbolSize,
        lineStyle: { opacity: 0 },
        itemStyle: { color },
        z: 9,
        data: before.steps.map((step, at) => (at === 0 ? null : step.rate)),
      })),
    );
  }

  return {
    cells,
    option: {
      ...still,
      grid: { left: 0, right: 0, top: 8, bottom: 1 },
      xAxis: {
        ...axisBase(palette),
        type: "category",
        axisLabel: { show: false },
        data: steps.map((step) => step.name),
      },
      yAxis: { type: "value", show: false, min: 0, max: 1 },
      tooltip: {
        ...tooltipBase(palette),
        trigger: "item",
        formatter: ({ seriesId, dataIndex }: { seriesId: string; dataIndex: number }) => {
          const lost = seriesId.endsWith("~lost");
          const id = lost ? seriesId.slice(0, -"~lost".length) : seriesId;
          const group = groups.find((entry) => JSON.stringify(entry.group) === id);
          const step = group?.steps[dataIndex];
          if (!group || !step) return "";
          const colour = colours.get(id) ?? palette.accent;
          const previous = group.steps[stepBefore(group.steps, dataIndex)];
          if (lost && previous) {
            return tip(
              `${previous.name} ⇥ ${step.name}`,
              [
                {
                  colour: faded(palette.loss, 0.6),
                  name: say.word(step.optional ? "chart.skipped" : "chart.dropped"),
                  value: say.figure((step.optional ? step : previous).dropped, "number"),
                  note: say.percent(step.rate_from_previous === null ? null : 1 - step.rate_from_previous),
                },
              ],
              say.word("chart.open"),
            );
          }
          const rows = [
            {
              colour,
              name: say.word(`chart.counted.${count ?? "people"}`),
              value: say.figure(step.count, "number"),
              note: split ? say.group(group.group) : "",
            },
            ...((count ?? "people") === "people"
              ? []
              : [
                  {
                    colour: "transparent",
                    name: say.word("chart.people"),
                    value: say.figure(step.people, "number"),
                    note: "",
                  },
                ]),
            {
              colour: "transparent",
              name: say.word("chart.of_first"),
              value: say.percent(step.rate),
              note:
                step.low !== null && dataIndex > 0
                  ? `${say.percent(step.low)} – ${say.percent(step.high)}`
                  : "",
            },
            ...(dataIndex > 0
              ? [
                  {
                    colour: "transparent",
                    name: say.word("chart.of_previous"),
                    value: say.percent(step.rate_from_previous),
                    note: say.duration(step.median_seconds),
                  },
                ]
              : []),
          ];
          return tip(`${dataIndex + 1} ${step.name}`, rows, say.word("chart.open"));
        },
      },
      series,
    },
  };
}

/** How long people took from the first step to the last. */
export function timesDrawing({ result, hidden }: FunnelDrawing, look: Look): Drawing<FunnelCell> {
  const { palette, say } = look;
  const groups = drawnGroups(result, hidden);
  const colours = funnelColours(result, look);
  const bins = groups[0]?.times ?? [];
  const name = (at: number) => {
    const bin = bins[at];
    if (!bin) return "";
    return bin.end === null
      ? say.word("chart.longer", { start: say.duration(bin.start) })
      : say.word("chart.span", { start: say.duration(bin.start), end: say.duration(bin.end) });
  };
  const all = groups.map((group) =>
    Math.max(
      1,
      group.times.reduce((sum, bin) => sum + bin.count, 0),
    ),
  );
  const single = groups.length === 1 ? groups[0] : undefined;
  const median = single?.median_seconds ?? null;
  const middle =
    median === null
      ? -1
      : bins.findIndex((bin) => median >= bin.start && (bin.end === null || median < bin.end));
  return {
    cells: {},
    option: {
      ...still,
      grid: {
        left: 4,
        right: 8,
        top: 28,
        bottom: 4,
        outerBoundsMode: "same",
        outerBoundsContain: "axisLabel",
      },
      xAxis: {
        ...axisBase(palette),
        type: "category",
        data: bins.map((bin) => say.duration(bin.start)),
      },
      yAxis: valueAxis(palette, (value) => say.short(value, groups.length > 1 ? "percent" : "number")),
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        axisPointer: { type: "shadow", shadowStyle: { color: faded(palette.ink, 0.05) } },
        formatter: (points: { dataIndex: number }[]) => {
          const at = points[0]?.dataIndex ?? 0;
          const rows = groups.map((group, index) => ({
            colour: colours.get(JSON.stringify(group.group)) ?? palette.accent,
            name: say.group(group.group),
            value: say.figure(group.times[at]?.count ?? null, "number"),
            note: say.percent((group.times[at]?.count ?? 0) / (all[index] ?? 1)),
          }));
          return tip(name(at), rows);
        },
      },
      series: groups.map((group, index) => {
        const colour = colours.get(JSON.stringify(group.group)) ?? palette.accent;
        return {
          id: JSON.stringify(group.group),
          name: say.group(group.group),
          type: "bar",
          barMaxWidth: 44,
          barCategoryGap: "18%",
          itemStyle: { color: colour },
          data: group.times.map((bin) => (single ? bin.count : bin.count / (all[index] ?? 1))),
          ...(single && middle >= 0
            ? {
                markLine: {
                  silent: true,
                  symbol: "none",
                  lineStyle: { color: palette.ink2, type: "solid", width: 1 },
                  label: {
                    color: palette.ink2,
                    fontSize: 11,
                    formatter: say.word("chart.median", { time: say.duration(median) }),
                  },
                  data: [{ xAxis: middle }],
                },
              }
            : {}),
        };
      }),
    },
  };
}

/** The conversion of those who entered in each bucket. */
export function conversionDrawing(
  { params, result, compared, hidden }: FunnelDrawing & { params: FunnelParams },
  look: Look,
): Drawing<FunnelCell> {
  const { palette, say } = look;
  const grain = params.trend ?? "day";
  const groups = drawnGroups(result, hidden);
  const colours = funnelColours(result, look);
  const points = groups[0]?.trend ?? [];
  const last = params.steps.length;
  const open = points.findIndex((point) => point.incomplete);
  const before =
    groups.length === 1 ? compared?.groups.find((group) => group.group === null)?.trend : undefined;
  const labelled = groups.length > 1 && !look.narrow && !look.compact;
  const cells: Record<string, FunnelCell> = {};
  const widest = Math.max(0, ...groups.map((group) => Math.min(150, textWidth(say.group(group.group)))));
  const series = groups.flatMap((group): Option[] => {
    const id = JSON.stringify(group.group);
    const colour = colours.get(id) ?? palette.accent;
    group.trend.forEach((_, bucket) => {
      cells[cellKey(id, bucket)] = { step: last, dropped: false, group: group.group, bucket };
    });
    const line = {
      type: "line",
      symbol: "circle",
      symbolSize: 6,
      showSymbol: false,
      itemStyle: { color: colour },
    };
    const label = labelled
      ? { show: true, formatter: say.group(group.group), color: colour, fontSize: 12, distance: 8 }
      : undefined;
    return [
      {
        ...line,
        id,
        data: group.trend.map((point, at) => (open < 0 || at < open ? point.rate : null)),
        lineStyle: { width: 2, color: colour },
        areaStyle: groups.length === 1 ? { color: faded(colour, 0.07) } : undefined,
        endLabel: open < 0 ? label : undefined,
        labelLayout: { moveOverlap: "shiftY" },
      },
      {
        ...line,
        id: `${id}~open`,
        data: group.trend.map((point, at) => (open >= 0 && at >= open - 1 ? point.rate : null)),
        lineStyle: { width: 2, color: colour, type: [3, 4] },
        endLabel: open >= 0 ? label : undefined,
        labelLayout: { moveOverlap: "shiftY" },
      },
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
      data: points.map((_, at) => before[at]?.rate ?? null),
    });
  }
  return {
    nearest: true,
    cells,
    time: { starts: points.map((point) => point.bucket), grain },
    option: {
      ...still,
      grid: {
        left: 4,
        right: labelled ? widest + 20 : 16,
        top: 12,
        bottom: 4,
        outerBoundsMode: "same",
        outerBoundsContain: "axisLabel",
      },
      xAxis: {
        ...axisBase(palette),
        type: "category",
        boundaryGap: false,
        data: points.map((point) => say.bucket(point.bucket, grain)),
      },
      yAxis: valueAxis(palette, (value) => say.short(value, "percent")),
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        axisPointer: { type: "line", lineStyle: { color: palette.edge, type: "solid" } },
        formatter: (hits: { dataIndex: number }[]) => {
          const at = hits[0]?.dataIndex ?? 0;
          const rows = groups.map((group) => ({
            colour: colours.get(JSON.stringify(group.group)) ?? palette.accent,
            name: say.group(group.group),
            value: say.percent(group.trend[at]?.rate ?? null),
            note: `${say.figure(group.trend[at]?.converted ?? null, "number")} / ${say.figure(group.trend[at]?.entered ?? null, "number")}`,
          }));
          const foot = points[at]?.incomplete ? say.word("chart.window_open") : undefined;
          return tip(say.bucket(points[at]?.bucket ?? "", grain), rows, foot);
        },
      },
      series,
    },
  };
}
