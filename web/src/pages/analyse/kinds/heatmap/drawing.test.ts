import { describe, expect, test } from "vitest";
import type { HeatmapElement, HeatmapGroup } from "@/api/questions";
import { light } from "@/ui/tokens";
import type { Look } from "@/charts";
import { elementsTable, fails, heatDrawing } from "./drawing";

const say = (key: string) => key;
const look = {
  palette: light,
  narrow: false,
  say: {
    figure: (value: number | null) => String(value),
    percent: (rate: number | null) => (rate === null ? "–" : `${rate * 100}%`),
  },
} as unknown as Look;

function element(path: string, clicks: number, dead: number, rage: number): HeatmapElement {
  return {
    element: [path],
    text: path === "$other" ? null : `text of ${path}`,
    clicks,
    people: 1,
    share: 0.5,
    rate: 0.5,
    x: path === "$other" ? null : 0.5,
    y: path === "$other" ? null : 0.25,
    rage_clicks: rage,
    rage_people: 1,
    dead_clicks: dead,
    dead_people: 1,
  };
}

const group: HeatmapGroup = {
  group: null,
  clicks: 30,
  people: 3,
  seen: 6,
  placed: 20,
  rage_clicks: 4,
  rage_people: 1,
  dead_clicks: 9,
  dead_people: 2,
  elements: [
    element("a", 10, 0, 0),
    element("b", 10, 9, 0),
    element("c", 10, 4, 4),
    element("$other", 1, 0, 0),
  ],
  grid: [
    { column: 0, row: 0, clicks: 16, people: 2 },
    { column: 3, row: 1, clicks: 4, people: 1 },
  ],
};

describe("a heat map", () => {
  test("marks what does nothing and what angers", () => {
    expect(group.elements.map(fails)).toEqual([null, "dead", "rage", null]);
  });

  test("opens its fields and its elements", () => {
    const { cells } = heatDrawing({ params: {}, group, say }, look);
    expect(cells["heat/1"]).toEqual({ at: [3, 1], group: null });
    expect(cells["elements/1"]).toEqual({ of: "clicks", element: ["b"], group: null });
    expect(Object.keys(cells)).toHaveLength(5);
  });

  test("tells the rest apart by what is named beside it", () => {
    const rows = elementsTable(group, look, say).rows;
    expect(rows[3]?.[3]?.cell).toEqual({
      of: "clicks",
      element: ["$other"],
      group: null,
      besides: [["a"], ["b"], ["c"]],
    });
    expect(rows[1]?.[5]?.tone).toBe("down");
  });
});
