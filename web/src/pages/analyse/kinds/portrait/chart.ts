import type { PortraitCell, PortraitProperty } from "@/api/questions";
import { axisBase, cellKey, still, tip, tooltipBase, valueAxis } from "@/charts/look";
import type { Drawing, Look } from "@/charts";
import type { Say } from "@/editors";
import type { Names } from "@/editors/names";
import { cellOf, propertyName, tellingValues, valueName } from "./words";
import type { Told } from "./words";

const MOST = 12;

/** What is drawn of all properties: what marks the set; of one, all of its values. */
export function drawnValues(properties: readonly PortraitProperty[], chosen: number | null): Told[] {
  if (chosen !== null) {
    const property = properties.find((one) => one.property === chosen);
    return property ? property.values.map((value) => ({ property, value })) : [];
  }
  return tellingValues(properties).slice(0, MOST);
}

/** Share in the set beside share in the base, a pair of bars a value. */
export function sharesDrawing(
  told: readonly Told[],
  names: Names,
  look: Look,
  say: Say,
): Drawing<PortraitCell> {
  const { palette } = look;
  const rows = [...told].reverse();
  const cells: Record<string, PortraitCell> = {};
  rows.forEach((one, at) => {
    cells[cellKey("set", at)] = cellOf(one);
    cells[cellKey("base", at)] = { ...cellOf(one), base: true };
  });
  const alone = new Set(told.map(({ property }) => property.property)).size === 1;
  const labels = rows.map((one) =>
    alone
      ? valueName(one, names, look)
      : `${propertyName(one.property, names, say)} · ${valueName(one, names, look)}`,
  );
  const colour = ({ value }: Told) =>
    !value.telling ? palette.ink3 : (value.tgi ?? 101) > 100 ? palette.accent : palette.loss;
  return {
    cells,
    option: {
      ...still,
      grid: { left: 4, right: 76, top: 4, bottom: 4, containLabel: true },
      xAxis: valueAxis(palette, (value) => look.say.short(value, "percent")),
      yAxis: {
        type: "category",
        data: labels,
        ...axisBase(palette),
        axisLabel: {
          color: palette.ink2,
          fontSize: 12,
          width: look.narrow ? 110 : 220,
          overflow: "truncate",
        },
      },
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        axisPointer: { type: "shadow" },
        formatter: (points: { dataIndex: number }[]) => {
          const at = points[0]?.dataIndex ?? 0;
          const one = rows[at]!;
          return tip(labels[at] ?? "", [
            {
              colour: colour(one),
              name: say("table.set"),
              value: look.say.percent(one.value.share),
              note: look.say.figure(one.value.people, "number"),
            },
            {
              colour: palette.edge,
              name: say("table.base"),
              value: look.say.percent(one.value.base_share),
              note: look.say.figure(one.value.base_people, "number"),
            },
          ]);
        },
      },
      series: [
        {
          id: "base",
          name: say("table.base"),
          type: "bar",
          barMaxWidth: 9,
          barGap: "10%",
          itemStyle: { color: palette.edge },
          data: rows.map(({ value }) => value.base_share ?? 0),
        },
        {
          id: "set",
          name: say("table.set"),
          type: "bar",
          barMaxWidth: 9,
          data: rows.map((one) => ({ value: one.value.share ?? 0, itemStyle: { color: colour(one) } })),
          label: {
            show: !look.compact,
            position: "right",
            color: palette.ink2,
            fontSize: 11,
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const tgi = rows[dataIndex]?.value.tgi ?? null;
              return tgi === null ? "" : `TGI ${look.say.figure(Math.round(tgi), "number")}`;
            },
          },
        },
      ],
    },
  };
}
