import type { CohortCell, CohortGroup, CohortParams, CohortResult } from "@/api/questions";
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

export function drawnGroups(result: CohortResult): CohortGroup[] {
  const split = result.groups.filter((group) => group.group !== null);
  return split.length > 0 ? split.slice(0, DRAWN) : result.groups;
}

/** Who has bought again by each period, a line a group; only cohorts for which it is over. */
export function repeatDrawing(
  params: CohortParams,
  result: CohortResult,
  look: Look,
  say: Say,
): Drawing<CohortCell> {
  const { palette } = look;
  const grain = params.grain ?? "month";
  const groups = drawnGroups(result);
  const colours = groupColours(
    groups.map((one) => one.group),
    palette,
  );
  const alone = groups.length === 1;
  const last = result.groups[0]?.total.findLastIndex((one) => one.cumulative !== null) ?? 0;
  const columns = Array.from({ length: Math.max(2, last + 1) }, (_, at) => at);
  const name = (n: number) => look.say.word(`period.${grain}`, { n });
  const labelled = !alone && !look.narrow && !look.compact;
  const widest = Math.max(0, ...groups.map((one) => Math.min(150, textWidth(look.say.group(one.group)))));
  const cells: Record<string, CohortCell> = {};
  const series = groups.map((one, number) => {
    const id = JSON.stringify(one.group);
    const colour = colours[number] ?? palette.accent;
    columns.forEach((at) => {
      cells[cellKey(id, at)] = { by: at, complete: true, group: one.group };
    });
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
      data: columns.map((at) => one.total[at]?.cumulative ?? null),
      endLabel: labelled
        ? { show: true, formatter: look.say.group(one.group), color: colour, fontSize: 12, distance: 8 }
        : undefined,
      labelLayout: { moveOverlap: "shiftY" },
    };
  });
  return {
    cells,
    nearest: true,
    option: {
      ...still,
      grid: { left: 4, right: labelled ? widest + 16 : 16, top: 12, bottom: 4, containLabel: true },
      xAxis: { type: "category", boundaryGap: false, data: columns.map(name), ...axisBase(palette) },
      yAxis: valueAxis(palette, (value) => look.say.short(value, "percent")),
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        formatter: (points: { dataIndex: number }[]) => {
          const at = points[0]?.dataIndex ?? 0;
          return tip(
            name(at),
            groups.map((one, number) => ({
              colour: colours[number] ?? "",
              name: look.say.group(one.group),
              value: look.say.percent(one.total[at]?.cumulative ?? null),
              note: say("of", { n: look.say.figure(one.base[at] ?? null, "number") }),
            })),
          );
        },
      },
      series,
    },
  };
}
