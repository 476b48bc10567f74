/** A chart of plain rows: one column across, one or more upwards, optionally split by a third. */
import { axisBase, faded, still, tip, tooltipBase, valueAxis } from "./look";
import type { Palette } from "@/ui/tokens";
import type { ChartOption } from "./Chart";

export interface RowsChart {
  kind: "line" | "bar" | "area";
  /** Index of the column across, and of those drawn. */
  x: number;
  y: number[];
  /** Index of the column that splits; only the first of `y` is drawn then. */
  series: number | null;
}

export interface RowsLook {
  palette: Palette;
  narrow: boolean;
  names: string[];
  figure: (column: number, value: number | null) => string;
  short: (column: number, value: number) => string;
  across: (value: unknown) => string;
  unset: string;
}

/** How many points across and how many series are drawn; the table has all rows. */
export const MOST_POINTS = 2000;
export const MOST_SERIES = 12;

interface Drawn {
  name: string;
  column: number;
  values: (number | null)[];
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** The values to draw, by their place across. */
export function drawnRows(rows: readonly unknown[][], { x, y, series }: RowsChart, look: RowsLook) {
  const places = new Map<string, number>();
  for (const row of rows) {
    const at = look.across(row[x]);
    if (!places.has(at) && places.size < MOST_POINTS) places.set(at, places.size);
  }
  const lines = new Map<string, Drawn>();
  const add = (name: string, column: number, place: number, value: number | null) => {
    let line = lines.get(name);
    if (!line) {
      if (lines.size >= MOST_SERIES) return;
      lines.set(name, (line = { name, column, values: Array<number | null>(places.size).fill(null) }));
    }
    if (value !== null) line.values[place] = (line.values[place] ?? 0) + value;
  };
  for (const row of rows) {
    const place = places.get(look.across(row[x]));
    if (place === undefined) continue;
    if (series !== null && y[0] !== undefined) {
      const label = row[series];
      const name = label === null || label === undefined ? look.unset : String(label);
      add(name, y[0], place, number(row[y[0]]));
    } else {
      for (const column of y) add(look.names[column] ?? "", column, place, number(row[column]));
    }
  }
  return { across: [...places.keys()], lines: [...lines.values()] };
}

export function rowsOption(rows: readonly unknown[][], chart: RowsChart, look: RowsLook): ChartOption {
  const { palette } = look;
  const { across, lines } = drawnRows(rows, chart, look);
  const first = chart.y[0] ?? 0;
  const few = chart.kind === "bar" && across.length <= (look.narrow ? 4 : 9);
  const label = { color: palette.ink3, fontSize: 11 };
  const stacked = chart.series !== null && chart.kind !== "line";
  const colour = (at: number) => palette.series[at % palette.series.length] ?? palette.accent;
  return {
    ...still,
    grid: { left: 8, right: 16, top: lines.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
    legend: lines.length > 1 ? { type: "scroll", top: 0, left: 0, icon: "circle", itemWidth: 8 } : undefined,
    tooltip: {
      ...tooltipBase(palette),
      trigger: "axis",
      formatter: (points: { dataIndex: number; axisValueLabel: string }[]) => {
        const at = points[0]?.dataIndex ?? 0;
        const shown = lines.map((line, index) => ({
          colour: colour(index),
          name: line.name,
          value: look.figure(line.column, line.values[at] ?? null),
        }));
        return tip(across[at] ?? "", shown);
      },
    },
    xAxis: {
      ...axisBase(palette),
      type: "category",
      data: across,
      boundaryGap: chart.kind === "bar",
      ...(few ? { axisLabel: { ...label, interval: 0, width: 76, overflow: "truncate" } } : {}),
    },
    yAxis: valueAxis(palette, (value) => look.short(first, value)),
    series: lines.map((line, index) => ({
      id: `${index}`,
      name: line.name,
      type: chart.kind === "bar" ? "bar" : "line",
      stack: stacked ? "all" : undefined,
      data: line.values,
      barMaxWidth: 36,
      showSymbol: across.length === 1,
      itemStyle: { color: colour(index) },
      lineStyle: { width: 2, color: colour(index) },
      areaStyle: chart.kind === "area" ? { color: faded(colour(index), 0.25) } : undefined,
    })),
  };
}
