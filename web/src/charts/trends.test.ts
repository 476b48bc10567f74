import { describe, expect, it } from "vitest";
import type { TrendsLine } from "@/api/questions";
import { line, look, trends } from "./samples";
import { drawnLines, inOrder, lineColours, trendsDrawing } from "./trends";
import { trendsTable } from "./trends-table";

interface Drawn {
  id: string;
  type: string;
  stack?: string;
  data: unknown[];
  lineStyle?: { type?: unknown };
  endLabel?: { formatter: string };
}
const series = (option: object) => (option as { series: Drawn[] }).series;
const step = { any_of: [{ event: "purchase" }] };
const params = { series: [{ step }] };

describe("trends drawing", () => {
  it("dashes the unfinished period and joins it to the last finished one", () => {
    const { option } = trendsDrawing({ params, result: trends([line({})]), shape: "line" }, look);
    const [whole, open] = series(option);
    expect(whole?.data).toEqual([10, 20, null]);
    expect(open?.data).toEqual([null, 20, 5]);
    expect(open?.lineStyle?.type).toEqual([3, 4]);
  });

  it("opens each point into its people, formulas not", () => {
    const lines = [line({}), line({ series: 1, letter: "F", opens: false })];
    const { cells, nearest } = trendsDrawing({ params, result: trends(lines), shape: "line" }, look);
    expect(nearest).toBe(true);
    expect(cells["0|null/2"]).toEqual({ series: 0, bucket: 2, group: null });
    expect(cells["1|null/2"]).toBeUndefined();
  });

  it("draws the period before as a lighter line behind", () => {
    const before = trends([line({ values: [1, 2, 3] })]);
    const { option } = trendsDrawing(
      { params, result: trends([line({})]), compared: [{ label: "Before", result: before }], shape: "line" },
      look,
    );
    expect(series(option).at(-1)).toMatchObject({ id: "0|null~before", data: [1, 2, 3], silent: true });
  });

  it("draws a line for each of several comparisons, dashed and named, as many as are no tangle", () => {
    const compared = [3, 4, 5, 6].map((n) => ({
      label: `C${n}`,
      result: trends([line({ values: [n, n, n] })]),
    }));
    const drawn = (lines: TrendsLine[], wide = look) =>
      series(trendsDrawing({ params, result: trends(lines), compared, shape: "line" }, wide).option).filter(
        ({ id }) => String(id).includes("~before"),
      );
    const one = drawn([line({})]);
    expect(one.map(({ data }) => data)).toEqual([3, 4, 5, 6].map((n) => [n, n, n]));
    expect(one.map((each) => each.endLabel?.formatter)).toEqual(["C3", "C4", "C5", "C6"]);
    expect(new Set(one.map(({ lineStyle }) => JSON.stringify(lineStyle))).size).toBe(4);
    expect(drawn([line({})], { ...look, narrow: true }).every(({ endLabel }) => !endLabel)).toBe(true);
    const many = Array.from({ length: 4 }, (_, at) => line({ series: at }));
    expect([2, 3, 4].map((n) => drawn(many.slice(0, n)).length)).toEqual([2, 1, 0]);
  });

  it("names few lines beside their ends and gives different formats an axis each", () => {
    const lines = [line({}), line({ series: 1, name: "Rate", format: "percent", values: [0.1, 0.2, 0.1] })];
    const { option } = trendsDrawing({ params, result: trends(lines), shape: "line" }, look);
    expect(series(option).map((each) => each.endLabel?.formatter)).toEqual([
      undefined,
      "Purchase",
      undefined,
      "Rate",
    ]);
    expect((option as { yAxis: unknown[] }).yAxis).toHaveLength(2);
  });

  it("draws the parts and leaves the whole to the table", () => {
    const result = trends([line({}), line({ group: ["live"] }), line({ group: ["$other"] })]);
    expect(drawnLines(params, result).map((each) => each.group)).toEqual([["live"], ["$other"]]);
    const { option } = trendsDrawing({ params, result, shape: "bar" }, look);
    expect(series(option).map((each) => each.stack)).toEqual(["s0", "s0"]);
  });

  it("shades what is usual, rings what is not, and goes on after the last point that is over", () => {
    const range = { middle: 2, low: 1, high: 3 };
    const ahead = [{ value: 5, low: 4, high: 6 }];
    const result = {
      ...trends([line({ values: [2, 9, 1], usual: [null, range, range], unusual: [1], ahead })]),
      ahead: ["2026-11-30T00:00:00+08:00"],
    };
    const { option } = trendsDrawing({ params, result, shape: "line" }, look);
    const drawn = new Map(series(option).map((each) => [each.id, each.data]));
    expect(drawn.get("0|null~unusual")).toEqual([null, 9, null]);
    expect(drawn.get("usual~low")).toEqual([null, 1, 1, null]);
    expect(drawn.get("usual~room")).toEqual([null, 2, 2, null]);
    expect(drawn.get("coming~room")).toEqual([null, null, null, 2]);
    expect(drawn.get("0|null~ahead")).toEqual([null, null, 1, 5]);
    const { formatter } = (option as { tooltip: { formatter: (at: { dataIndex: number }[]) => string } })
      .tooltip;
    expect(formatter([{ dataIndex: 1 }])).toContain("chart.usual");
    expect(formatter([{ dataIndex: 3 }])).toContain("chart.coming");
  });

  it("leaves hours in their order, all of them, in one colour", () => {
    const hours = [line({}), ...[20, 9, 3].map((hour, at) => line({ group: [hour], total: 9 - at }))];
    const asked = { ...params, breakdowns: [{ property: "$hour" }], grain: "total" as const };
    const result = inOrder(asked, trends(hours));
    expect(result.lines.map((each) => each.group)).toEqual([null, [3], [9], [20]]);
    const { option, cells } = trendsDrawing({ params: asked, result, shape: "ranking" }, look);
    expect((series(option)[0]?.data as { value: number }[]).map(({ value }) => value)).toEqual([7, 8, 9]);
    expect(cells["total/0"]).toEqual({ series: 0, bucket: null, group: [3] });
    const day = trends(Array.from({ length: 24 }, (_, hour) => line({ group: [hour] })));
    expect(drawnLines(asked, day)).toHaveLength(24);
    expect(new Set(lineColours(asked, drawnLines(asked, day), look)).size).toBe(1);
  });

  it("ranks totals, and leaves out what is hidden", () => {
    const result = trends([
      line({ group: ["a"], total: 1 }),
      line({ group: ["b"], total: 9 }),
      line({ group: ["c"], total: 4 }),
    ]);
    const { option, cells } = trendsDrawing(
      { params, result, shape: "ranking", hidden: new Set(['0|["c"]']) },
      look,
    );
    expect((series(option)[0]?.data as { value: number }[]).map(({ value }) => value)).toEqual([9, 1]);
    expect(cells["total/0"]).toEqual({ series: 0, bucket: null, group: ["b"] });
  });

  it("says over which buckets it goes, those to come too; totals go over none", () => {
    const result = { ...trends([line({})]), ahead: ["2026-11-23T00:00:00+08:00"] };
    const { time } = trendsDrawing({ params, result, shape: "line" }, look);
    expect(time).toEqual({ starts: [...result.buckets, ...result.ahead], grain: "day" });
    const total = { ...params, grain: "total" as const };
    expect(trendsDrawing({ params: total, result, shape: "line" }, look).time).toBeUndefined();
  });
});

describe("trends table", () => {
  it("has the latest period first, changes in words of sign, and cells that open", () => {
    const table = trendsTable(
      { params, result: trends([line({})]), compared: trends([line({ total: 40 })]) },
      look,
    );
    const [row] = table.rows;
    expect(row?.map((cell) => cell.text)).toEqual(["Purchase", "30", "−25.0%", "5", "20", "10"]);
    expect(row?.[2]?.tone).toBe("down");
    expect(row?.[3]).toMatchObject({ open: true, cell: { series: 0, bucket: 2, group: null } });
  });

  it("says – where the figure before is unknown or nothing", () => {
    const table = trendsTable(
      { params, result: trends([line({})]), compared: trends([line({ total: 0 })]) },
      look,
    );
    expect(table.rows[0]?.[2]?.text).toBe("–");
  });
});
