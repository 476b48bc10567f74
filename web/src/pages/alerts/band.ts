import { axisBase, faded, still, tip, tooltipBase, valueAxis } from "@/charts";
import type { ChartOption } from "@/charts";
import type { Palette } from "@/ui";

export interface BandPoint {
  start: string;
  value: number | null;
  expected: number | null;
  low: number | null;
  high: number | null;
  bad: boolean | null;
  news: "fired" | "recovered" | null;
}

export interface BandWords {
  day: (start: string) => string;
  figure: (value: number | null) => string;
  short: (value: number) => string;
  value: string;
  expected: string;
  range: string;
  news: (news: "fired" | "recovered") => string;
}

/** From where to where a period is as usual, as text: “10 – 20”, “≥ 10”, “≤ 20”. */
export function rangeText(
  { low, high }: Pick<BandPoint, "low" | "high">,
  figure: (value: number | null) => string,
): string {
  if (low !== null && high !== null) return `${figure(low)} – ${figure(high)}`;
  return low !== null ? `≥ ${figure(low)}` : high !== null ? `≤ ${figure(high)}` : "–";
}

/** The value as a line over the range that is usual; periods that are bad are marked, told ones larger. */
export function bandOption(points: readonly BandPoint[], words: BandWords, palette: Palette): ChartOption {
  const seen = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const top = Math.max(...seen, ...points.map(({ high }) => high ?? -Infinity));
  const floor = Math.min(0, ...seen);
  const both = points.some(({ low }) => low !== null) && points.some(({ high }) => high !== null);
  const low = points.map((point) =>
    point.low === null && point.high === null ? null : Math.max(point.low ?? floor, floor),
  );
  const room = points.map((point, at) => {
    const from = low[at] ?? null;
    return from === null ? null : Math.max(0, (point.high ?? top) - from);
  });
  const plain = { type: "line", symbol: "none", silent: true, lineStyle: { opacity: 0 }, step: false };
  return {
    ...still,
    grid: {
      left: 4,
      right: 12,
      top: 12,
      bottom: 4,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    xAxis: {
      ...axisBase(palette),
      type: "category",
      boundaryGap: false,
      data: points.map(({ start }) => words.day(start)),
    },
    yAxis: valueAxis(palette, words.short),
    tooltip: {
      ...tooltipBase(palette),
      trigger: "axis",
      formatter: (hits: { dataIndex: number }[]) => {
        const point = points[hits[0]?.dataIndex ?? 0];
        if (!point) return "";
        const rows = [{ colour: palette.accent, name: words.value, value: words.figure(point.value) }];
        if (point.expected !== null)
          rows.push({ colour: palette.ink3, name: words.expected, value: words.figure(point.expected) });
        rows.push({
          colour: faded(palette.accent, 0.3),
          name: words.range,
          value: rangeText(point, words.figure),
        });
        return tip(words.day(point.start), rows, point.news ? words.news(point.news) : undefined);
      },
    },
    series: [
      { ...plain, id: "low", stack: "band", data: low },
      {
        ...plain,
        id: "room",
        stack: "band",
        data: room,
        areaStyle: { color: faded(palette.accent, both ? 0.14 : 0.09) },
      },
      {
        id: "value",
        type: "line",
        showAllSymbol: true,
        lineStyle: { width: 1.75, color: palette.accent },
        data: points.map(({ value, bad, news }) => ({
          value,
          symbol: bad ? "circle" : "none",
          symbolSize: news === "fired" ? 9 : 6,
          itemStyle: {
            color: news === "fired" ? palette.loss : palette.paper,
            borderColor: palette.loss,
            borderWidth: 1.5,
          },
        })),
      },
    ],
  };
}
