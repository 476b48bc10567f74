import { axisBase, still, tip, tooltipBase, valueAxis } from "./look";
import type { Format, Look } from "./look";
import type { ChartOption as Option } from "./Chart";

/** One bar: a whole value from zero, or a step from where the one before ended. */
export interface WaterfallBar {
  name: string;
  /** The value itself of a whole, the difference of a step. */
  amount: number;
  whole?: boolean;
  /** Told, but neither better nor worse: what nothing explains. */
  pale?: boolean;
  note?: string;
}

export interface Waterfall {
  bars: WaterfallBar[];
  format: Format;
  good: "up" | "down";
}

/** Where each bar begins and ends. */
export function waterfallSpans(bars: readonly WaterfallBar[]): [number, number][] {
  let level = 0;
  return bars.map(({ amount, whole }) => {
    const from = whole ? 0 : level;
    level = whole ? amount : level + amount;
    return [from, level];
  });
}

/** Where the axis begins: at zero, or nearer where the steps are small beside the values they stand on. */
export function waterfallStart(bars: readonly WaterfallBar[]): number {
  const spans = waterfallSpans(bars);
  const ends = spans.map(([, to]) => to);
  const low = Math.min(...ends);
  const reach = Math.max(...ends) - low;
  if (low <= 0 || reach <= 0 || reach > low * 0.5) return 0;
  const start = low - reach * 0.4;
  const unit = 10 ** Math.floor(Math.log10(reach));
  return Math.max(0, Math.floor(start / unit) * unit);
}

/** Bars that lie, one below the other, each beginning where the one above it ends. */
export function waterfallOption({ bars, format, good }: Waterfall, look: Look): Option {
  const { palette, say } = look;
  const spans = waterfallSpans(bars);
  const start = waterfallStart(bars);
  const better = (amount: number) => (good === "up" ? amount >= 0 : amount <= 0);
  const colour = ({ amount, whole, pale }: WaterfallBar) =>
    whole ? palette.ink3 : pale ? palette.edge : better(amount) ? palette.accent : palette.loss;
  const figure = ({ amount, whole }: WaterfallBar) =>
    `${!whole && amount > 0 ? "+" : ""}${say.short(amount, format)}`;
  const piece = (id: string, values: number[], seen: boolean): Option => ({
    id,
    type: "bar",
    stack: "steps",
    silent: !seen,
    barMaxWidth: 22,
    emphasis: { disabled: true },
    data: values.map((value, at) => ({
      value,
      itemStyle: { color: seen ? colour(bars[at]!) : "transparent" },
    })),
  });
  const above = spans.map(([from, to]) => [Math.max(Math.min(from, to), start), Math.max(from, to)]);
  const up = above.map(([low = 0, high = 0]) => Math.max(high - Math.max(low, 0), 0));
  const gap = above.map(([low = 0]) => Math.max(low, 0));
  const below = spans.map(([from, to]) => [Math.min(from, to, 0), Math.min(Math.max(from, to), 0)]);
  const labels = {
    id: "label",
    type: "bar",
    stack: "steps",
    silent: true,
    data: spans.map(() => 0),
    label: {
      show: true,
      position: "right",
      color: palette.ink2,
      fontSize: 12,
      formatter: ({ dataIndex }: { dataIndex: number }) => figure(bars[dataIndex]!),
    },
  };
  return {
    ...still,
    grid: { left: 4, right: look.narrow ? 68 : 88, top: 8, bottom: 4, containLabel: true },
    tooltip: {
      ...tooltipBase(palette),
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: palette.sunken, opacity: 0.5 } },
      formatter: (points: { dataIndex: number }[]) => {
        const bar = bars[points[0]?.dataIndex ?? 0];
        if (!bar) return "";
        const value = `${!bar.whole && bar.amount > 0 ? "+" : ""}${say.figure(bar.amount, format)}`;
        return tip(bar.name, [{ colour: colour(bar), name: bar.note ?? "", value }]);
      },
    },
    yAxis: {
      ...axisBase(palette),
      type: "category",
      inverse: true,
      data: bars.map(({ name }) => name),
      axisLabel: {
        color: palette.ink2,
        fontSize: 12,
        width: look.narrow ? 108 : 180,
        overflow: "truncate",
        interval: 0,
      },
    },
    xAxis: { ...valueAxis(palette, (value) => say.short(value, format)), min: start || undefined },
    series: [
      piece("gap", gap, false),
      piece(
        "gap-below",
        below.map(([, high = 0]) => high),
        false,
      ),
      piece("step", up, true),
      piece(
        "step-below",
        below.map(([low = 0, high = 0]) => low - high),
        true,
      ),
      labels,
    ],
  };
}
