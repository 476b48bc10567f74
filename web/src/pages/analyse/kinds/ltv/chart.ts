import type { LtvCell, LtvGroup, LtvResult } from "@/api/questions";
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
} from "@/charts/look";
import type { Drawing, Look } from "@/charts";
import type { Say } from "@/editors";

export const DRAWN = 8;

export function drawnGroups(result: LtvResult): LtvGroup[] {
  const split = result.groups.filter((group) => group.group !== null);
  return split.length > 0 ? split.slice(0, DRAWN) : result.groups;
}

/** Value a person by age, a line a group; what a person cost as a line across where one group is drawn. */
export function valueDrawing(result: LtvResult, look: Look, say: Say): Drawing<LtvCell> {
  const { palette } = look;
  const groups = drawnGroups(result);
  const colours = groupColours(
    groups.map((one) => one.group),
    palette,
  );
  const alone = groups.length === 1;
  const last = result.ages.findLastIndex((_, at) =>
    groups.some((one) => one.total.figures[at]?.arpu != null),
  );
  const ages = result.ages.slice(0, Math.max(2, last + 1));
  const labelled = !alone && !look.narrow && !look.compact;
  const widest = Math.max(0, ...groups.map((one) => Math.min(150, textWidth(look.say.group(one.group)))));
  const cells: Record<string, LtvCell> = {};
  const series = groups.map((one, number) => {
    const id = JSON.stringify(one.group);
    ages.forEach((age, at) => {
      cells[cellKey(id, at)] = { age, group: one.group };
    });
    const colour = colours[number] ?? palette.accent;
    const cac = alone ? one.total.cac : null;
    return {
      id,
      name: look.say.group(one.group),
      type: "line",
      symbol: "circle",
      symbolSize: 6,
      showSymbol: alone,
      itemStyle: { color: colour },
      lineStyle: { width: 2, color: colour },
      areaStyle: alone ? { color: faded(colour, 0.07) } : undefined,
      data: ages.map((_, at) => one.total.figures[at]?.arpu ?? null),
      endLabel: labelled
        ? { show: true, formatter: look.say.group(one.group), color: colour, fontSize: 12, distance: 8 }
        : undefined,
      labelLayout: { moveOverlap: "shiftY" },
      markLine:
        cac === null
          ? undefined
          : {
              silent: true,
              symbol: "none",
              lineStyle: { color: palette.loss, type: "dashed", width: 1 },
              label: {
                position: "insideEndTop",
                color: palette.loss,
                fontSize: 11,
                formatter: say("chart.cac", { n: look.say.figure(cac, "money") }),
              },
              data: [{ yAxis: cac }],
            },
    };
  });
  return {
    cells,
    nearest: true,
    option: {
      ...still,
      grid: { left: 4, right: labelled ? widest + 16 : 16, top: 12, bottom: 4, containLabel: true },
      xAxis: {
        type: "category",
        boundaryGap: false,
        data: ages.map((age) => say("age", { n: age })),
        ...axisBase(palette),
      },
      yAxis: {
        ...valueAxis(palette, (value) => look.say.short(value, "money")),
        max: alone ? (extent: { max: number }) => Math.max(extent.max, groups[0]?.total.cac ?? 0) : undefined,
      },
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        formatter: (points: { dataIndex: number }[]) => {
          const at = points[0]?.dataIndex ?? 0;
          return tip(
            say("age", { n: ages[at] ?? 0 }),
            groups.map((one, number) => ({
              colour: colours[number] ?? "",
              name: look.say.group(one.group),
              value: look.say.figure(one.total.figures[at]?.arpu ?? null, "money"),
              note: say("people", { n: look.say.figure(one.total.figures[at]?.people ?? null, "number") }),
            })),
          );
        },
      },
      series,
    },
  };
}
