import {
  BarChart,
  BoxplotChart,
  CustomChart,
  GraphChart,
  HeatmapChart,
  LineChart,
  SankeyChart,
  ScatterChart,
} from "echarts/charts";
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
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useImperativeHandle, useRef } from "react";
import type { ReactNode, Ref } from "react";
import { fontFamily, useTheme } from "@/ui";
import { withLegend } from "./legend";
import type { Palette } from "@/ui";
import "./chart.css";

register([
  BarChart,
  BoxplotChart,
  CustomChart,
  GraphChart,
  HeatmapChart,
  LineChart,
  SankeyChart,
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
  LabelLayout,
  SVGRenderer,
]);

export type ChartOption = EChartsCoreOption;
export interface ChartPoint {
  seriesId: string;
  seriesIndex: number;
  dataIndex: number;
  name: string;
  /** In charts of nodes and links: which of them. */
  dataType?: string;
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
    legend: {
      textStyle: { color: c.ink2 },
      pageTextStyle: { color: c.ink3 },
      pageIconColor: c.ink2,
      pageIconInactiveColor: c.edge,
    },
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

export interface ChartHandle {
  /** The chart as a picture, twice its size on the screen, on the theme's paper. */
  png: () => Promise<string>;
}

async function picture(svg: SVGSVGElement, width: number, height: number, paper: string): Promise<string> {
  const image = new Image();
  const text = new XMLSerializer().serializeToString(svg);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * 2;
  canvas.height = height * 2;
  const brush = canvas.getContext("2d")!;
  brush.fillStyle = paper;
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}

/** The line of a column that is nearest to a height; null where no line has a value. */
function nearestLine(chart: ECharts, at: [number, number]): ChartPoint | null {
  if (!chart.containPixel("grid", at)) return null;
  const dataIndex = Number((chart.convertFromPixel("grid", at) as number[])[0]);
  const { series } = chart.getOption() as { series: { id: string; name?: string; data: unknown[] }[] };
  let best: ChartPoint | null = null;
  let distance = Infinity;
  series.forEach(({ id, name = "", data }, seriesIndex) => {
    const held = data[dataIndex];
    const value = typeof held === "object" && held !== null ? (held as { value?: unknown }).value : held;
    if (typeof value !== "number" || id.endsWith("~before") || id === "before") return;
    const y = chart.convertToPixel({ seriesIndex }, [dataIndex, value])[1] ?? Infinity;
    if (Math.abs(y - at[1]) < distance) {
      distance = Math.abs(y - at[1]);
      best = { seriesId: id.replace(/~open$/, ""), seriesIndex, dataIndex, name };
    }
  });
  return best;
}

export interface ChartProps {
  option: ChartOption;
  height?: number | string;
  /** A tile of a board: it fills its place, and names its colours itself. */
  compact?: boolean;
  /** What the chart shows, to those who cannot see it. */
  label: string;
  onPoint?: (point: ChartPoint) => void;
  /** A click anywhere in a column means the nearest line, not only its points. */
  nearest?: boolean;
  handle?: Ref<ChartHandle>;
}

/** Where the buckets of a drawn chart stand, and how far down its lines reach. */
export interface Places {
  across: number[];
  bottom: number;
}

/** Looks up where buckets stand; null while the chart has no axis across. */
function placesOf(chart: ECharts, count: number): Places | null {
  const across = Array.from(
    { length: count },
    (_, at) => chart.convertToPixel({ xAxisIndex: 0 }, at) as number,
  );
  let bottom = chart.getHeight() - 1;
  const [x] = across;
  if (x === undefined || !Number.isFinite(x)) return null;
  while (bottom > 0 && !chart.containPixel("grid", [x, bottom])) bottom -= 1;
  return { across: across.map((one) => Math.round(one)), bottom };
}

/** The only door to ECharts. Pages use <Chart>, which also shows what happened when. */
export function BareChart({
  option,
  height = 240,
  compact = false,
  label,
  onPoint,
  nearest = false,
  handle,
  buckets = 0,
  onPlaces,
  children,
}: ChartProps & {
  /** How many buckets to tell the places of, whenever the chart is drawn anew. */
  buckets?: number;
  onPlaces?: (places: Places | null) => void;
  /** What lies over the chart. */
  children?: ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const { palette } = useTheme();
  const point = useRef(onPoint);
  useEffect(() => {
    point.current = onPoint;
  }, [onPoint]);
  const told = useRef({ buckets, onPlaces });
  useEffect(() => {
    told.current = { buckets, onPlaces };
  }, [buckets, onPlaces]);

  useEffect(() => {
    const made = init(box.current!, chartTheme(palette), { renderer: "svg" });
    chart.current = made;
    if (nearest) {
      made.getZr().on("click", ({ offsetX, offsetY }) => {
        const found = nearestLine(made, [offsetX, offsetY]);
        if (found) point.current?.(found);
      });
    } else {
      made.on("click", (event) => {
        const { seriesId, seriesIndex = 0, dataIndex, name, dataType = "" } = event as ChartPoint;
        point.current?.({ seriesId, seriesIndex, dataIndex, name, dataType });
      });
    }
    made.on("finished", () => {
      const { buckets: count, onPlaces: tell } = told.current;
      if (count > 0) tell?.(placesOf(made, count));
    });
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(box.current!);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, [palette, nearest]);

  useEffect(() => {
    chart.current?.setOption(
      { animationDuration: 120, animationDurationUpdate: 120, ...(compact ? withLegend(option) : option) },
      { notMerge: true },
    );
  }, [option, palette, nearest, compact]);

  useImperativeHandle(
    handle,
    () => ({
      png: () => {
        const made = chart.current!;
        const svg = box.current!.querySelector("svg")!;
        return picture(svg, made.getWidth(), made.getHeight(), palette.paper);
      },
    }),
    [palette],
  );

  return (
    <div className="tw-chart-frame" style={{ height: compact ? "100%" : height }}>
      <div ref={box} className="tw-chart" role="img" aria-label={label} />
      {children}
    </div>
  );
}
