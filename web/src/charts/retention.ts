import type {
  RetentionCell,
  RetentionFigure,
  RetentionGroup,
  RetentionParams,
  RetentionResult,
} from "@/api/questions";
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

export const DRAWN = 8;

export function curveGroups(result: RetentionResult, hidden?: ReadonlySet<string>): RetentionGroup[] {
  const split = result.groups.filter((group) => group.group !== null);
  return (split.length > 0 ? split.slice(0, DRAWN) : result.groups).filter(
    (group) => !hidden?.has(JSON.stringify(group.group)),
  );
}

/** What a column is called: 第 3 天, Day 3, or the bracket itself. */
export function columnName(column: string, params: RetentionParams, look: Pick<Look, "say">): string {
  const grain = params.grain ?? "day";
  return look.say.word(/^\d+$/.test(column) ? `period.${grain}` : `bracket.${grain}`, { n: column });
}

/** How many columns have begun for anybody: those after them would be blank. */
export function knownColumns(result: RetentionResult): number {
  let known = 1;
  for (const group of result.groups) {
    for (const cohort of group.cohorts) {
      const last = cohort.figures.findLastIndex((figure) => figure.people !== null);
      known = Math.max(known, last + 1);
    }
  }
  return Math.min(known, result.columns.length);
}

export interface RetentionDrawing {
  params: RetentionParams;
  result: RetentionResult;
  compared?: RetentionResult | undefined;
  hidden?: ReadonlySet<string>;
}

/**
 * The weighted mean by period, a line a group. Period 0 is left out of recurring day-0 = 100 % curves
 * because it would flatten everything after it.
 */
export function curveDrawing(
  { params, result, compared, hidden }: RetentionDrawing,
  look: Look,
): Drawing<RetentionCell> {
  const { palette, say } = look;
  const groups = curveGroups(result, hidden);
  const all = curveGroups(result).map((group) => group.group);
  const palettes = groupColours(all, palette);
  const colourOf = (group: RetentionGroup) =>
    palettes[all.findIndex((entry) => JSON.stringify(entry) === JSON.stringify(group.group))] ??
    palette.accent;
  const full = groups.every((group) => (group.mean[0]?.rate ?? 1) >= 0.9995);
  const from = full && result.columns.length > 2 ? 1 : 0;
  const columns = result.columns.slice(from, Math.max(from + 2, knownColumns(result)));
  const before =
    groups.length === 1 ? compared?.groups.find((group) => group.group === null)?.mean : undefined;
  const labelled = groups.length > 1 && !look.narrow && !look.compact;
  const widest = Math.max(0, ...groups.map((group) => Math.min(150, textWidth(say.group(group.group)))));
  const cells: Record<string, RetentionCell> = {};
  const series = groups.map((group): Option => {
    const id = JSON.stringify(group.group);
    const colour = colourOf(group);
    columns.forEach((_, at) => {
      cells[cellKey(id, at)] = { cohort: null, period: at + from, group: group.group };
    });
    const points = group.mean.slice(from, from + columns.length);
    return {
      id,
      name: say.group(group.group),
      type: "line",
      symbol: "circle",
      symbolSize: 6,
      showSymbol: points.filter((point) => point.rate !== null).length <= 31 && groups.length === 1,
      itemStyle: { color: colour },
      lineStyle: { width: 2, color: colour },
      areaStyle: groups.length === 1 ? { color: faded(colour, 0.07) } : undefined,
      data: points.map((point) => point.rate),
      endLabel: labelled
        ? { show: true, formatter: say.group(group.group), color: colour, fontSize: 12, distance: 8 }
        : undefined,
      labelLayout: { moveOverlap: "shiftY" },
    };
  });
  if (before) {
    series.push({
      id: "before",
      type: "line",
      silent: true,
      showSymbol: false,
      z: 1,
      lineStyle: { width: 1.5, color: faded(palette.accent, 0.42) },
      data: before.slice(from, from + columns.length).map((point) => point.rate),
    });
  }
  return {
    nearest: true,
    cells,
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
        data: columns.map((column) => columnName(column, params, look)),
      },
      yAxis: valueAxis(palette, (value) => say.short(value, "percent")),
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        axisPointer: { type: "line", lineStyle: { color: palette.edge, type: "solid" } },
        formatter: (hits: { dataIndex: number }[]) => {
          const at = (hits[0]?.dataIndex ?? 0) + from;
          const rows = groups.map((group) => ({
            colour: colourOf(group),
            name: say.group(group.group),
            value: say.percent(group.mean[at]?.rate ?? null),
            note: say.figure(group.mean[at]?.people ?? null, "number"),
          }));
          if (before) {
            rows.push({
              colour: faded(palette.accent, 0.42),
              name: say.word("chart.compared"),
              value: say.percent(before[at]?.rate ?? null),
              note: say.figure(before[at]?.people ?? null, "number"),
            });
          }
          return tip(columnName(result.columns[at] ?? "", params, look), rows);
        },
      },
      series,
    },
  };
}

/** The largest rate that colours a cell: period 0 aside, or everything later would be pale. */
export function heatScale(group: RetentionGroup): number {
  const later = group.cohorts.flatMap((cohort) => cohort.figures.slice(1).map((figure) => figure.rate ?? 0));
  const highest = Math.max(0, ...later);
  return highest > 0
    ? highest
    : Math.max(0.01, ...group.cohorts.flatMap((c) => c.figures.map((f) => f.rate ?? 0)));
}

/** Which of the `steps` shades of the ramp (0…steps-1) a figure has; null without a figure. */
export function shade(figure: RetentionFigure, scale: number, steps: number): number | null {
  if (figure.rate === null) return null;
  if (figure.rate <= 0) return 0;
  return Math.min(steps - 1, Math.max(1, Math.round((figure.rate / scale) * (steps - 1))));
}
