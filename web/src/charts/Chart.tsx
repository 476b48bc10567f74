import { BarChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  MarkPointComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import { init, use as register } from "echarts/core";
import type { ECharts, EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { fontFamily, useTheme } from "@/ui";
import type { Palette } from "@/ui";

register([
  BarChart,
  HeatmapChart,
  LineChart,
  ScatterChart,
  AriaComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  MarkPointComponent,
  TooltipComponent,
  VisualMapComponent,
  SVGRenderer,
]);

export type ChartOption = EChartsCoreOption;
export interface ChartPoint {
  seriesIndex: number;
  dataIndex: number;
  name: string;
}

/** ECharts' own theme from our tokens: no boxes, hairline axes, our categories. */
function chartTheme(c: Palette) {
  const axis = {
    axisLine: { lineStyle: { color: c.edge } },
    axisTick: { show: false },
    axisLabel: { color: c.ink3, fontSize: 11 },
    splitLine: { lineStyle: { color: c.hairline } },
  };
  return {
    color: [...c.series],
    backgroundColor: "transparent",
    textStyle: { fontFamily, color: c.ink2, fontSize: 12 },
    categoryAxis: { ...axis, splitLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    legend: { textStyle: { color: c.ink2 } },
    tooltip: {
      backgroundColor: c.surface,
      borderColor: c.edge,
      borderWidth: 1,
      padding: [8, 12],
      textStyle: { color: c.ink, fontSize: 12 },
      extraCssText: "box-shadow:none;border-radius:4px;font-variant-numeric:tabular-nums",
    },
  };
}

/** The only door to ECharts. `label` says what the chart shows to those who cannot see it. */
export function Chart({
  option,
  height = 240,
  label,
  onPoint,
}: {
  option: ChartOption;
  height?: number | string;
  label: string;
  onPoint?: (point: ChartPoint) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const { palette } = useTheme();
  const point = useRef(onPoint);
  useEffect(() => {
    point.current = onPoint;
  }, [onPoint]);

  useEffect(() => {
    const made = init(box.current!, chartTheme(palette), { renderer: "svg" });
    chart.current = made;
    made.on("click", (event) => {
      const { seriesIndex = 0, dataIndex, name } = event as ChartPoint;
      point.current?.({ seriesIndex, dataIndex, name });
    });
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(box.current!);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, [palette]);

  useEffect(() => {
    chart.current?.setOption(
      { animationDuration: 120, animationDurationUpdate: 120, ...option },
      { notMerge: true },
    );
  }, [option, palette]);

  return <div ref={box} style={{ height, width: "100%" }} role="img" aria-label={label} />;
}
