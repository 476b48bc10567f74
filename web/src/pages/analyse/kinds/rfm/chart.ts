import type { RfmCell, RfmGroup } from "@/api/questions";
import { axisBase, cellKey, faded, still, tip, tooltipBase, valueAxis } from "@/charts/look";
import type { Drawing, Look } from "@/charts";
import type { Palette } from "@/ui";
import type { Say } from "@/editors";

/** Key segments in full colour, ordinary ones lighter: the same hue for the same task. */
export function segmentColours(palette: Palette): string[] {
  const hues = [palette.series[0], palette.series[1], palette.series[2], palette.series[3]];
  return [...hues, ...hues.map((hue) => faded(hue, 0.5))];
}

/** Share of people beside share of money, a pair of bars a segment. */
export function sharesDrawing(group: RfmGroup, look: Look, say: Say): Drawing<RfmCell> {
  const { palette } = look;
  const colours = segmentColours(palette);
  const segments = [...group.segments].reverse();
  const paint = [...colours].reverse();
  const cells: Record<string, RfmCell> = {};
  segments.forEach((one, at) => {
    const cell = { segment: one.segment, group: group.group };
    cells[cellKey("people", at)] = cell;
    cells[cellKey("revenue", at)] = cell;
  });
  const names = segments.map((one) => say(`segment.${one.segment}`));
  return {
    cells,
    option: {
      ...still,
      grid: { left: 4, right: 56, top: 4, bottom: 4, containLabel: true },
      xAxis: valueAxis(palette, (value) => look.say.short(value, "percent")),
      yAxis: { type: "category", data: names, ...axisBase(palette) },
      tooltip: {
        ...tooltipBase(palette),
        trigger: "axis",
        axisPointer: { type: "shadow" },
        formatter: (points: { dataIndex: number }[]) => {
          const at = points[0]?.dataIndex ?? 0;
          const one = segments[at]!;
          return tip(names[at] ?? "", [
            {
              colour: paint[at] ?? "",
              name: say("table.people"),
              value: look.say.figure(one.people, "number"),
              note: look.say.percent(one.share),
            },
            {
              colour: palette.ink3,
              name: say("table.revenue"),
              value: look.say.figure(one.revenue, "money"),
              note: look.say.percent(one.revenue_share),
            },
          ]);
        },
      },
      series: [
        {
          id: "revenue",
          name: say("table.revenue_share"),
          type: "bar",
          barMaxWidth: 9,
          barGap: "10%",
          itemStyle: { color: palette.edge },
          data: segments.map((one) => one.revenue_share ?? 0),
        },
        {
          id: "people",
          name: say("table.share"),
          type: "bar",
          barMaxWidth: 9,
          itemStyle: { color: palette.accent },
          data: segments.map((one, at) => ({
            value: one.share ?? 0,
            itemStyle: { color: paint[at] },
          })),
          label: {
            show: !look.compact,
            position: "right",
            color: palette.ink2,
            fontSize: 11,
            formatter: ({ dataIndex }: { dataIndex: number }) =>
              look.say.percent(segments[dataIndex]?.share ?? null),
          },
        },
      ],
    },
  };
}
