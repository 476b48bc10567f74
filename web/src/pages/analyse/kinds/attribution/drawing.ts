import type { AttributionBin, AttributionCell, AttributionRow } from "@/api/questions";
import type { Drawing, Look } from "@/charts";
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
} from "@/charts";
import { cellOf, credit, same, size } from "./model";
import type { ModelName, Stage } from "./model";
import type { Reading } from "./tables";

/** How many touches are drawn; the table has them all. */
export const DRAWN = 13;

function colours(rows: readonly AttributionRow[], look: Look): string[] {
  return groupColours(
    rows.map((row) =>
      row.touch === null || row.touch.definition === null || row.touch.definition === undefined
        ? ["$other"]
        : [row.touch.name ?? null],
    ),
    look.palette,
  );
}

interface Bars {
  id: string;
  name: string;
  values: (number | null)[];
  colour: string | string[];
  text?: (at: number) => string;
  stack?: string;
  cells?: (AttributionCell | undefined)[];
  line?: boolean;
}

/** Lying bars, a row a touch, the first on top. */
function lying(
  names: string[],
  bars: Bars[],
  format: (value: number) => string,
  short: (value: number) => string,
  look: Look,
  legend = false,
): Drawing<AttributionCell> {
  const { palette } = look;
  const cells: Record<string, AttributionCell> = {};
  for (const one of bars) {
    one.cells?.forEach((cell, at) => {
      if (cell) cells[cellKey(one.id, at)] = cell;
    });
  }
  const wide = Math.min(Math.max(40, ...names.map(textWidth)) + 10, look.narrow ? 96 : 190);
  return {
    cells,
    option: {
      ...still,
      grid: { left: wide, right: look.compact ? 8 : 64, top: legend ? 30 : 4, bottom: 22 },
      ...(legend
        ? {
            legend: {
              left: 0,
              top: 0,
              itemWidth: 10,
              itemHeight: 10,
              selectedMode: false,
              textStyle: { color: palette.ink2, fontSize: 12 },
              data: bars.map((one, at) => ({
                name: one.name,
                itemStyle: {
                  color: !Array.isArray(one.colour)
                    ? one.colour
                    : at === 0
                      ? palette.ink3
                      : faded(palette.ink3, 0.35),
                },
              })),
            },
          }
        : {}),
      xAxis: valueAxis(palette, short),
      yAxis: {
        ...axisBase(palette),
        type: "category",
        inverse: true,
        data: names,
        axisLabel: { color: palette.ink2, fontSize: 12, width: wide - 10, overflow: "truncate", interval: 0 },
      },
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        axisPointer: { type: "shadow", shadowStyle: { color: faded(palette.ink3, 0.08) } },
        formatter: (points: { dataIndex: number }[]) => {
          const at = points[0]?.dataIndex ?? 0;
          return tip(
            names[at] ?? "",
            bars.map((one) => ({
              colour: (Array.isArray(one.colour) ? one.colour[at] : one.colour) ?? palette.ink3,
              name: one.name,
              value: one.values[at] === null ? "–" : format(one.values[at] ?? 0),
            })),
          );
        },
      },
      series: bars.map((one) => ({
        id: one.id,
        name: one.name,
        type: "bar",
        ...(one.stack ? { stack: one.stack } : {}),
        barMaxWidth: one.line ? 4 : 16,
        barGap: "10%",
        barCategoryGap: "28%",
        data: one.values.map((value, at) => ({
          value,
          itemStyle: {
            color: (Array.isArray(one.colour) ? one.colour[at] : one.colour) ?? palette.accent,
            borderRadius: 2,
          },
        })),
        label: {
          show: one.text !== undefined && !look.compact,
          position: "right",
          color: palette.ink2,
          backgroundColor: palette.paper,
          padding: [0, 3],
          fontSize: 11,
          formatter: ({ dataIndex }: { dataIndex: number }) => one.text?.(dataIndex) ?? "",
        },
      })),
    },
  };
}

/** The chosen model beside last touch. */
export function modelDrawing(reading: Reading, stage: Stage): Drawing<AttributionCell> {
  const { result, group, model, called, say, look } = reading;
  const rows = group.rows.slice(0, DRAWN);
  const format = group.value === null ? "number" : "money";
  const own = colours(rows, look);
  const values = (one: ModelName) => rows.map((row) => size(credit(result, row, one, stage)));
  const cells = (one: ModelName) => rows.map((row) => cellOf(result, group, row, one, stage));
  const chosen = values(model);
  const bars: Bars[] = [
    {
      id: model,
      name: say(`model.${model}`),
      values: chosen,
      colour: own,
      cells: cells(model),
      text: (at) => look.say.short(chosen[at] ?? 0, format),
    },
  ];
  if (model !== "last") {
    bars.push({
      id: "last",
      name: say("model.last"),
      values: values("last"),
      colour: own.map((colour) => faded(colour, 0.35)),
      cells: cells("last"),
    });
  }
  return lying(
    rows.map((row) => called(row.touch)),
    bars,
    (value) => look.say.figure(format === "money" ? Math.round(value) : Math.round(value * 10) / 10, format),
    (value) => look.say.short(value, format),
    look,
    bars.length > 1,
  );
}

/** First orders and repeats of each touch, one after the other. */
export function chainDrawing({ result, group, model, called, say, look }: Reading): Drawing<AttributionCell> {
  const rows = group.rows.slice(0, DRAWN);
  const format = group.value === null ? "number" : "money";
  const bars = (["first", "repeat"] as const).map((stage, at): Bars => ({
    id: stage,
    name: say(`chain.${stage}`),
    values: rows.map((row) => size(credit(result, row, model, stage))),
    colour: (at === 0 ? look.palette.series[0] : look.palette.series[1]) ?? look.palette.accent,
    stack: "chain",
    cells: rows.map((row) => cellOf(result, group, row, model, stage)),
  }));
  return lying(
    rows.map((row) => called(row.touch)),
    bars,
    (value) => look.say.figure(format === "money" ? Math.round(value) : Math.round(value * 10) / 10, format),
    (value) => look.say.short(value, format),
    look,
    true,
  );
}

/** What came back of every unit spent; 1 is where it is even. */
export function returnDrawing({
  result,
  group,
  model,
  called,
  say,
  look,
}: Reading): Drawing<AttributionCell> {
  const rows = group.rows.filter((row) => row.cost);
  const values = rows.map((row) => credit(result, row, model).roas ?? null);
  const drawing = lying(
    rows.map((row) => called(row.touch)),
    [
      {
        id: "roas",
        name: say("money.roas"),
        values,
        colour: values.map((value) => ((value ?? 0) < 1 ? look.palette.loss : look.palette.accent)),
        cells: rows.map((row) => cellOf(result, group, row, model)),
        text: (at) => look.say.figure(values[at] ?? null, "ratio"),
      },
    ],
    (value) => look.say.figure(value, "ratio"),
    (value) => look.say.short(value, "ratio"),
    look,
  );
  const { series, ...option } = drawing.option as { series: object[] };
  const even = {
    silent: true,
    symbol: "none",
    lineStyle: { color: look.palette.ink2, type: "dashed", width: 1 },
    label: { show: false },
    data: [{ xAxis: 1 }],
  };
  return { ...drawing, option: { ...option, series: series.map((one) => ({ ...one, markLine: even })) } };
}

/** What tests found, beside the nearest model and last touch. */
export function liftDrawing({ result, group, called, say, look }: Reading): Drawing<AttributionCell> {
  const lift = result.lift!;
  const nearest = lift.models[0]?.model ?? "last";
  const rows = lift.touches.flatMap((one) => {
    const row = group.rows.find(({ touch }) => same(touch, one.touch));
    return row ? [{ row, orders: one.orders }] : [];
  });
  const by = (model: ModelName, colour: string): Bars => ({
    id: model,
    name: say(`model.${model}`),
    values: rows.map(({ row }) => credit(result, row, model).conversions),
    colour,
    cells: rows.map(({ row }) => cellOf(result, group, row, model)),
  });
  const bars: Bars[] = [
    {
      id: "lift",
      name: say("lift.tests"),
      values: rows.map(({ orders }) => orders),
      colour: look.palette.ink,
      text: (at) => look.say.short(Math.round(rows[at]?.orders ?? 0), "number"),
    },
    by(nearest, look.palette.series[0] ?? look.palette.accent),
  ];
  if (nearest !== "last") bars.push(by("last", faded(look.palette.series[1] ?? look.palette.accent, 0.6)));
  return lying(
    rows.map(({ row }) => called(row.touch)),
    bars,
    (value) => look.say.figure(Math.round(value * 10) / 10, "number"),
    (value) => look.say.short(value, "number"),
    look,
    true,
  );
}

/** Conversions by number of touches, or by time from the first. */
export function binDrawing(
  bins: readonly AttributionBin[],
  names: string[],
  cell: (at: number) => AttributionCell,
  { look, say, group }: Pick<Reading, "look" | "say" | "group">,
): Drawing<AttributionCell> {
  const { palette } = look;
  const cells = Object.fromEntries(
    bins.flatMap((bin, at) => (bin.people ? [[cellKey("bins", at), cell(at)] as const] : [])),
  );
  return {
    cells,
    option: {
      ...still,
      grid: { left: 4, right: 4, top: 18, bottom: 22 },
      xAxis: {
        ...axisBase(palette),
        type: "category",
        data: names,
        axisLabel: { color: palette.ink3, fontSize: 11, interval: 0, hideOverlap: true },
      },
      yAxis: { type: "value", show: false, min: 0 },
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        formatter: (points: { dataIndex: number }[]) => {
          const at = points[0]?.dataIndex ?? 0;
          const held = bins[at]?.conversions ?? 0;
          const value = look.say.figure(held, "number");
          const note = look.say.percent(held / Math.max(group.conversions, 1));
          return tip(names[at] ?? "", [
            { colour: palette.accent, name: say("shows.conversions"), value, note },
          ]);
        },
      },
      series: [
        {
          id: "bins",
          type: "bar",
          barMaxWidth: 36,
          itemStyle: { color: palette.accent, borderRadius: 2 },
          data: bins.map((bin) => bin.conversions),
          label: {
            show: true,
            position: "top",
            color: palette.ink3,
            fontSize: 11,
            formatter: ({ value }: { value: number }) =>
              value > 0 ? look.say.percent(value / Math.max(group.conversions, 1)) : "",
          },
        },
      ],
    },
  };
}
