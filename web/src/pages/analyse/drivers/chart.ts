import type { DriversCell } from "@/api/questions";
import { axisBase, cellKey, faded, still, tip, tooltipBase, valueAxis } from "@/charts/look";
import type { Drawing, Look } from "@/charts";
import type { Say } from "@/editors";
import { points } from "@/format";
import type { Language } from "@/format";
import { cellOf, range } from "./words";
import type { Told } from "./words";

interface Api {
  value: (dimension: number) => number;
  coord: (place: [number, number]) => [number, number];
}
interface Frame {
  dataIndex: number;
  coordSys: { x: number; width: number };
}

/** What is drawn: those with a difference, the strongest. */
export function drawn(rows: readonly Told[], most: number): Told[] {
  return rows.filter(({ one }) => one.difference !== null && one.p_value !== null).slice(0, most);
}

/** Differences as lollipops with their intervals; a diamond for the one between equally active people. */
export function effectDrawing(
  rows: readonly Told[],
  look: Look,
  say: Say,
  language: Language,
): Drawing<DriversCell> {
  const { palette } = look;
  const cells: Record<string, DriversCell> = {};
  rows.forEach((row, at) => {
    cells[cellKey("effect", at)] = cellOf(row, true, true);
  });
  const colour = ({ one }: Told) =>
    !one.telling ? palette.ink3 : (one.difference ?? 0) > 0 ? palette.accent : palette.loss;
  const rates = !look.compact && !look.narrow;
  const mark = ({ dataIndex, coordSys }: Frame, api: Api) => {
    const row = rows[dataIndex]!;
    const at = api.value(5);
    const place = (dimension: number) => api.coord([api.value(dimension), at]);
    const [[low, y], [middle], [high], [even]] = [place(0), place(1), place(2), place(3)];
    const [zero] = api.coord([0, at]);
    const own = colour(row);
    const line = (x1: number, x2: number, width: number, stroke: string) => ({
      type: "line",
      shape: { x1, y1: y, x2, y2: y },
      style: { stroke, lineWidth: width },
    });
    const cap = (x: number) => ({
      type: "line",
      shape: { x1: x, y1: y - 4, x2: x, y2: y + 4 },
      style: { stroke: own, lineWidth: 1.5 },
    });
    const diamond = {
      type: "polygon",
      shape: {
        points: [
          [even, y - 5.5],
          [even + 5.5, y],
          [even, y + 5.5],
          [even - 5.5, y],
        ],
      },
      style: { fill: palette.surface, stroke: own, lineWidth: 1.5 },
    };
    const text = {
      type: "text",
      x: coordSys.x + coordSys.width + 10,
      y,
      style: {
        text: `${look.say.percent(row.one.rate_did)} / ${look.say.percent(row.one.rate_not)}`,
        fill: palette.ink2,
        fontSize: 11,
        verticalAlign: "middle",
      },
    };
    return {
      type: "group",
      children: [
        line(zero, middle, 7, faded(own, 0.22)),
        line(low, high, 1.5, own),
        cap(low),
        cap(high),
        { type: "circle", shape: { cx: middle, cy: y, r: 5 }, style: { fill: own } },
        ...(row.one.adjusted === null ? [] : [diamond]),
        ...(rates ? [text] : []),
      ],
    };
  };
  return {
    cells,
    option: {
      ...still,
      grid: { left: 4, right: rates ? 112 : 18, top: 4, bottom: 4, containLabel: true },
      xAxis: valueAxis(palette, (value) => points(value, language).replace(/[.,]0/, "")),
      yAxis: {
        type: "category",
        inverse: true,
        data: rows.map(({ label }) => label),
        ...axisBase(palette),
        axisLine: { show: false },
        axisLabel: {
          color: palette.ink2,
          fontSize: 12,
          width: look.narrow ? 110 : 220,
          overflow: "truncate",
        },
      },
      tooltip: {
        ...tooltipBase(palette),
        trigger: "item",
        formatter: ({ dataIndex }: { dataIndex: number }) => {
          const row = rows[dataIndex]!;
          const { one, label } = row;
          const figure = (n: number) => look.say.figure(n, "number");
          return tip(label, [
            {
              colour: colour(row),
              name: say("drivers.head.did"),
              value: look.say.percent(one.rate_did),
              note: `${figure(one.did_reached)} / ${figure(one.did)}`,
            },
            {
              colour: palette.edge,
              name: say("drivers.head.not_did"),
              value: look.say.percent(one.rate_not),
              note: `${figure(one.not_did_reached)} / ${figure(one.not_did)}`,
            },
            {
              colour: colour(row),
              name: say("drivers.head.difference"),
              value: points(one.difference, language),
              note: range(one.low, one.high, language),
            },
            {
              colour: palette.edge,
              name: say("drivers.head.equal"),
              value: points(one.adjusted, language),
              note: range(one.adjusted_low, one.adjusted_high, language),
            },
          ]);
        },
      },
      series: [
        {
          id: "effect",
          type: "custom",
          cursor: "pointer",
          renderItem: mark as never,
          encode: { x: [0, 1, 2, 3, 4], y: 5 },
          data: rows.map(({ one }, at) => [
            one.low ?? 0,
            one.difference ?? 0,
            one.high ?? 0,
            one.adjusted ?? one.difference ?? 0,
            0,
            at,
          ]),
        },
      ],
    },
  };
}
