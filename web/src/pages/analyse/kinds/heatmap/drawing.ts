/** Clicks as heat on the outline of a page, the elements as numbers on it, and both as a table. */
import type { GroupLabel, HeatmapCell, HeatmapElement, HeatmapGroup, HeatmapParams } from "@/api/questions";
import { cellKey, faded, still, tip, tooltipBase } from "@/charts/look";
import type { Drawing, Look, TableCell, TableModel } from "@/charts";
import type { Say } from "@/editors";

export type ElementName = (element: HeatmapElement) => string;
/** From these shares on an element is marked as one that fails. */
export const DEAD = 0.3;
export const ANGRY = 0.1;
const MARKED = 12;

export function fails({ clicks, dead_clicks, rage_clicks }: HeatmapElement): "dead" | "rage" | null {
  if (rage_clicks >= 3 && rage_clicks / clicks >= ANGRY) return "rage";
  return dead_clicks >= 3 && dead_clicks / clicks >= DEAD ? "dead" : null;
}

/** What an element is called: its text, else its path. */
export function elementName(element: HeatmapElement, say: Say): string {
  const [path] = element.element;
  if (path === "$other") return say("other");
  if (element.text !== null && element.text !== "") return String(element.text);
  return path === null || path === undefined ? say("unset") : String(path);
}

export function cellOf(
  element: HeatmapElement,
  group: HeatmapGroup,
  of: HeatmapCell["of"] = "clicks",
): HeatmapCell {
  const other = element.element[0] === "$other";
  const besides: GroupLabel[] = group.elements
    .map((one) => one.element)
    .filter(([path]) => path !== "$other");
  return { of, element: element.element, group: group.group, ...(other ? { besides } : {}) };
}

export interface Pictured {
  params: HeatmapParams;
  group: HeatmapGroup;
  say: Say;
}

/** Heat field by field, and the elements clicked most as numbers at their place. */
export function heatDrawing({ params, group, say }: Pictured, look: Look): Drawing<HeatmapCell> {
  const { palette } = look;
  const columns = params.columns ?? 20;
  const rows = params.rows ?? 40;
  const most = Math.max(1, ...group.grid.map(({ clicks }) => clicks));
  const cells: Record<string, HeatmapCell> = {};
  group.grid.forEach(({ column, row }, at) => {
    cells[cellKey("heat", at)] = { at: [column, row], group: group.group };
  });
  const marks = group.elements
    .map((element, at) => ({ element, at }))
    .filter(({ element }) => element.x !== null && element.y !== null)
    .slice(0, MARKED);
  marks.forEach(({ element }, at) => {
    cells[cellKey("elements", at)] = cellOf(element, group);
  });
  const figure = (value: number) => look.say.figure(value, "number");
  const numbers = (length: number) => Array.from({ length }, (_, at) => String(at));
  const hidden = { show: false };
  return {
    cells,
    option: {
      ...still,
      grid: { left: 0, right: 0, top: 0, bottom: 0 },
      xAxis: [
        { type: "category", data: numbers(columns), ...hidden },
        { type: "value", min: 0, max: 1, ...hidden },
      ],
      yAxis: [
        { type: "category", data: numbers(rows), inverse: true, ...hidden },
        { type: "value", min: 0, max: 1, inverse: true, ...hidden },
      ],
      tooltip: {
        ...tooltipBase(palette),
        trigger: "item",
        formatter: ({ seriesId, dataIndex }: { seriesId: string; dataIndex: number }) => {
          if (seriesId === "heat") {
            const field = group.grid[dataIndex];
            if (!field) return "";
            return tip(say("field"), [
              { colour: palette.accent, name: say("figure.clicks"), value: figure(field.clicks) },
              { colour: palette.edge, name: say("figure.people"), value: figure(field.people) },
            ]);
          }
          const element = marks[dataIndex]?.element;
          if (!element) return "";
          return tip(elementName(element, say), [
            {
              colour: palette.accent,
              name: say("figure.clicks"),
              value: figure(element.clicks),
              note: look.say.percent(element.share),
            },
            { colour: palette.loss, name: say("figure.dead_clicks"), value: figure(element.dead_clicks) },
            { colour: palette.warn, name: say("figure.rage_clicks"), value: figure(element.rage_clicks) },
          ]);
        },
      },
      series: [
        {
          id: "heat",
          type: "heatmap",
          data: group.grid.map(({ column, row, clicks }) => ({
            value: [column, row, clicks],
            itemStyle: {
              color: faded(palette.accent, 0.1 + 0.8 * Math.sqrt(clicks / most)),
              borderRadius: 3,
            },
          })),
        },
        {
          id: "elements",
          type: "scatter",
          xAxisIndex: 1,
          yAxisIndex: 1,
          symbolSize: look.compact ? 0 : 17,
          data: marks.map(({ element, at }) => ({
            value: [element.x, element.y],
            itemStyle: {
              color: fails(element) ? palette.loss : palette.surface,
              borderColor: fails(element) ? palette.loss : palette.accentStrong,
              borderWidth: 1.5,
            },
            label: {
              color: fails(element) ? palette.onAccent : palette.accentStrong,
              formatter: String(at + 1),
            },
          })),
          label: { show: !look.compact, fontSize: 10, fontWeight: 600 },
        },
      ],
    },
  };
}

/** Every element with its clicks, and how many of them were answered by nothing or came in anger. */
export function elementsTable(group: HeatmapGroup, look: Look, say: Say): TableModel<HeatmapCell> {
  const count = (value: number, element: HeatmapElement, of: HeatmapCell["of"] | null, key: string) => ({
    text: look.say.figure(value, "number"),
    raw: value,
    title: `${elementName(element, say)} · ${say(`figure.${key}`)}`,
    ...(of ? { cell: cellOf(element, group, of) } : {}),
  });
  const columns = ["clicks", "share", "people", "rate", "dead_clicks", "rage_clicks"] as const;
  return {
    caption: say("elements"),
    columns: [
      { title: say("element") },
      ...columns.map((column) => ({ title: say(`figure.${column}`), align: "right" as const })),
    ],
    rows: group.elements.map((element, at): TableCell<HeatmapCell>[] => {
      const words = elementName(element, say);
      const path = String(element.element[0] ?? "");
      const mark = fails(element);
      const flagged = (of: "dead" | "rage", cell: TableCell<HeatmapCell>): TableCell<HeatmapCell> => ({
        ...cell,
        ...(element[`${of}_clicks`]
          ? { note: look.say.percent(element[`${of}_clicks`] / element.clicks) }
          : {}),
        ...(element[`${of}_clicks`] / element.clicks >= (of === "dead" ? DEAD : ANGRY)
          ? { tone: "down" as const }
          : { tone: "quiet" as const }),
      });
      return [
        {
          text: `${at + 1} ${words}`,
          raw: path === "$other" ? words : path,
          note: mark ? say(`mark.${mark}`) : path === "$other" || path === words ? "" : path,
        },
        count(element.clicks, element, null, "clicks"),
        { text: look.say.percent(element.share), raw: element.share, tone: "quiet" },
        count(element.people, element, "clicks", "people"),
        { text: look.say.percent(element.rate), raw: element.rate },
        flagged("dead", count(element.dead_clicks, element, "dead", "dead_clicks")),
        flagged("rage", count(element.rage_clicks, element, "rage", "rage_clicks")),
      ];
    }),
  };
}
