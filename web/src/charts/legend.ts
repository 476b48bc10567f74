import type { ChartOption } from "./Chart";

interface Series {
  type?: string;
  name?: string;
}

/** A tile has no list of names beside its chart: where there are several, the chart itself says whose colour is which. */
export function withLegend(option: ChartOption): ChartOption {
  const series = (Array.isArray(option.series) ? option.series : []) as Series[];
  const drawn = series.filter(({ type }) => type === "line" || type === "bar");
  const names = [...new Set(drawn.map(({ name }) => name).filter(Boolean))];
  const grid = option.grid as { top?: number } | undefined;
  if (names.length < 2 || option.legend !== undefined || grid === undefined) return option;
  return {
    ...option,
    grid: { ...grid, top: (grid.top ?? 0) + 26 },
    legend: {
      type: "scroll",
      top: 0,
      left: 0,
      icon: "circle",
      itemWidth: 8,
      itemHeight: 8,
      itemGap: 12,
      pageIconSize: 10,
      textStyle: { lineHeight: 18 }, // or signs below the line are cut off where names are paged
      data: names,
    },
  };
}
