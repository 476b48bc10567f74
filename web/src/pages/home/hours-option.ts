import type { HomeReport } from "@/api";
import type { ChartOption } from "@/charts";
import type { Palette } from "@/ui";

export type HourMetric = "visitors" | "orders" | "gmv";

interface Asked {
  report: HomeReport;
  /** The day is not over. */
  running: boolean;
  metric: HourMetric;
  compare: boolean;
  palette: Palette;
  day: string;
  compared: string;
  show: (value: number | null) => string;
}

/** The day as a line, the hour that is still running dashed, the compared day dotted behind it. */
export function hoursOption({
  report,
  running,
  metric,
  compare,
  palette,
  day,
  compared,
  show,
}: Asked): ChartOption {
  const values = report.hours.map((hour) => hour[metric]);
  const last = values.findLastIndex((value) => value !== null);
  const unfinished = running && last > 0;
  const whole = values.map((value, hour) => (unfinished && hour === last ? null : value));
  const open = values.map((value, hour) => (unfinished && hour >= last - 1 && hour <= last ? value : null));
  const line = {
    type: "line",
    showSymbol: false,
    symbol: "circle",
    symbolSize: 5,
    lineStyle: { width: 1.75 },
  };
  return {
    grid: { left: 4, right: 12, top: 16, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis",
      formatter: (points: { dataIndex: number }[]) => {
        const hour = report.hours[points[0]?.dataIndex ?? 0];
        if (!hour) return "";
        const rows = [`<b>${String(hour.hour).padStart(2, "0")}:00</b>`, `${day}&emsp;${show(hour[metric])}`];
        if (compare) rows.push(`${compared}&emsp;${show(hour[`compared_${metric}`])}`);
        return rows.join("<br>");
      },
      axisPointer: { lineStyle: { color: palette.edge } },
    },
    xAxis: {
      type: "category",
      boundaryGap: false,
      data: report.hours.map((hour) => `${hour.hour}`),
      axisLabel: { interval: 2 },
    },
    // a day without anything has no steps between nothing and the least there could be
    yAxis: {
      type: "value",
      splitNumber: 3,
      minInterval: metric === "gmv" ? 100 : 1,
      axisLabel: { formatter: show },
    },
    series: [
      ...(compare
        ? [
            {
              ...line,
              name: compared,
              data: report.hours.map((hour) => hour[`compared_${metric}`]),
              lineStyle: { width: 1.25, type: "dotted", color: palette.ink3 },
              itemStyle: { color: palette.ink3 },
              z: 1,
            },
          ]
        : []),
      {
        ...line,
        name: day,
        data: whole,
        itemStyle: { color: palette.accent },
        areaStyle: { color: palette.accent, opacity: 0.06 },
        z: 3,
      },
      {
        ...line,
        data: open,
        lineStyle: { width: 1.75, type: "dashed" },
        itemStyle: { color: palette.accent },
        z: 3,
      },
    ],
  };
}
