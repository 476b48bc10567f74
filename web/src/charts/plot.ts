import type { ChartOption as Option } from "./Chart";
import { axisBase, cellKey, faded, still, tip, tooltipBase, valueAxis } from "./look";
import type { Drawing, Format, Look, TipRow } from "./look";
import type { TimeAxis } from "./marks";

/** Bars or a line over the names of a plot; `cells` open, `texts` say a figure otherwise than its value. */
export interface PlotSeries<C> {
  id: string;
  name: string;
  colour: string;
  values: (number | null)[];
  format?: Format;
  type?: "bar" | "line";
  stack?: string;
  /** Measured on an axis of its own at the right. */
  right?: boolean;
  cells?: (C | undefined)[];
  texts?: string[];
  notes?: string[];
}

export interface Plot<C> {
  names: string[];
  series: PlotSeries<C>[];
  /** Bars lie, the first on top. */
  lying?: boolean;
  /** Not over yet: paler. */
  open?: boolean[];
  /** The names are buckets of time. */
  time?: TimeAxis;
}

/** Bars and lines with the one tooltip and the one set of axes. */
export function plotDrawing<C>(plot: Plot<C>, look: Look): Drawing<C> {
  const { palette, say } = look;
  const cells: Record<string, C> = {};
  for (const { id, cells: own } of plot.series) {
    own?.forEach((cell, at) => {
      if (cell !== undefined) cells[cellKey(id, at)] = cell;
    });
  }
  const format = plot.series.find((each) => !each.right)?.format ?? "number";
  const second = plot.series.find((each) => each.right);
  const category: Option = {
    ...axisBase(palette),
    type: "category",
    data: plot.names,
    ...(plot.lying
      ? { inverse: true, axisLabel: { color: palette.ink2, fontSize: 12, width: 160, overflow: "truncate" } }
      : {}),
  };
  const value = valueAxis(palette, (figure) => say.short(Math.abs(figure), format));
  const other: Option = {
    ...valueAxis(palette, (figure) => say.short(figure, second?.format ?? "number")),
    splitLine: { show: false },
    min: 0,
  };
  const bars = plot.series.filter((each) => each.type !== "line");
  return {
    cells,
    time: plot.time,
    option: {
      ...still,
      grid: {
        left: 4,
        right: second ? 4 : 16,
        top: 12,
        bottom: 4,
        outerBoundsMode: "same",
        outerBoundsContain: "axisLabel",
      },
      xAxis: plot.lying ? value : category,
      yAxis: plot.lying ? category : second ? [value, other] : value,
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        axisPointer: {
          type: bars.length > 0 ? "shadow" : "line",
          shadowStyle: { color: faded(palette.ink3, 0.08) },
        },
        formatter: (hits: { dataIndex: number }[]) => {
          const at = hits[0]?.dataIndex ?? 0;
          const rows = plot.series.map((each): TipRow => ({
            colour: each.colour,
            name: each.name,
            value: each.texts?.[at] ?? say.figure(each.values[at] ?? null, each.format ?? "number"),
            ...(each.notes?.[at] ? { note: each.notes[at] } : {}),
          }));
          return tip(plot.names[at] ?? "", rows, plot.open?.[at] ? say.word("chart.incomplete") : undefined);
        },
      },
      series: plot.series.map((each): Option => {
        const line = each.type === "line";
        return {
          id: each.id,
          name: each.name,
          type: line ? "line" : "bar",
          ...(each.stack ? { stack: each.stack } : {}),
          ...(each.right ? { yAxisIndex: 1 } : {}),
          ...(line ? { symbol: "circle", symbolSize: 6, showSymbol: plot.names.length <= 31, z: 3 } : {}),
          barMaxWidth: plot.lying ? 18 : 44,
          barGap: "12%",
          cursor: each.cells ? "pointer" : "default",
          itemStyle: {
            color: each.colour,
            borderRadius: each.stack ? 0 : plot.lying ? [0, 2, 2, 0] : [2, 2, 0, 0],
          },
          lineStyle: { width: 2, color: each.colour },
          data: each.values.map((figure, at) =>
            plot.open?.[at] && !line ? { value: figure, itemStyle: { opacity: 0.45 } } : figure,
          ),
        };
      }),
    },
  };
}

/** 0…5: how dark a part of `largest` is drawn; null where there is none. */
export function shadeOf(value: number | null, largest: number): number | null {
  if (value === null || largest <= 0) return null;
  return value <= 0 ? 0 : Math.min(5, Math.max(1, Math.round((value / largest) * 5)));
}
