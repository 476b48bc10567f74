import { describe, expect, it } from "vitest";
import type { Note } from "@/api";
import { light } from "@/ui/tokens";
import { daysOf, folded, notesTip, placed, withMarks } from "./marks";
import type { TimeAxis } from "./marks";

let last = 0;
const note = (on: string, to: string | null = null, text = on): Note => ({
  id: `n${++last}`,
  text,
  on,
  to,
  by: "ada@shop.test",
  created_at: "2026-11-22T00:00:00.000Z",
});
const words = { when: ({ on }: Note) => on, word: (key: string) => key };
const at = (notes: Note[], time: TimeAxis) => placed(notes, time).map(({ at, to }) => [at, to]);
const zone = (days: string[]) => days.map((day) => `${day}T00:00:00+08:00`);
const days: TimeAxis = { starts: zone(["2026-11-10", "2026-11-11", "2026-11-12"]), grain: "day" };

describe("notes on an axis", () => {
  it("stand at the bucket that holds their day, whatever the grain", () => {
    const sale = [note("2026-11-11")];
    expect(at(sale, days)).toEqual([[1, 1]]);
    expect(at(sale, { starts: zone(["2026-11-02", "2026-11-09", "2026-11-16"]), grain: "week" })).toEqual([
      [1, 1],
    ]);
    expect(at(sale, { starts: zone(["2026-10-01", "2026-11-01"]), grain: "month" })).toEqual([[1, 1]]);
    const hours = ["10T23", "11T00", "11T01", "11T23", "12T00"].map((hour) => `2026-11-${hour}:00:00+08:00`);
    expect(at(sale, { starts: hours, grain: "hour" })).toEqual([[1, 3]]);
    expect(at([note("2026-11-11T01:59")], { starts: hours, grain: "hour" })).toEqual([[2, 2]]);
  });

  it("last over buckets, reach in from before, and are left out where they touch none", () => {
    expect(at([note("2026-11-11", "2026-11-13")], days)).toEqual([[1, 2]]);
    expect(at([note("2026-11-01", "2026-11-10T15:00")], days)).toEqual([[0, 0]]);
    expect(at([note("2026-11-09"), note("2026-11-13")], days)).toEqual([]);
    const working: TimeAxis = { starts: zone(["2026-11-13", "2026-11-16"]), grain: "day" };
    expect(at([note("2026-11-14")], working)).toEqual([]);
  });

  it("of the last month end with it", () => {
    const months: TimeAxis = { starts: zone(["2026-12-01", "2027-01-01"]), grain: "month" };
    expect(daysOf(months)).toEqual({ from: "2026-12-01", to: "2027-01-31" });
    expect(daysOf({ starts: [], grain: "day" })).toBeNull();
    expect(at([note("2027-01-31T23:59"), note("2027-02-01")], months)).toEqual([[1, 1]]);
  });

  it("come by when they begin, then by when they were said", () => {
    const later = { ...note("2026-11-11", null, "later"), created_at: "2026-11-22T00:00:01.000Z" };
    const first = note("2026-11-11", null, "first");
    expect(placed([later, first, note("2026-11-10")], days).map(({ note: { text } }) => text)).toEqual([
      "2026-11-10",
      "first",
      "later",
    ]);
  });

  it("of one bucket are one mark, and so are those too close to be told apart", () => {
    const all = placed([note("2026-11-12"), note("2026-11-10T08:00"), note("2026-11-10")], days);
    expect(folded(all).map(({ at, notes }) => [at, notes.map(({ on }) => on)])).toEqual([
      [0, ["2026-11-10", "2026-11-10T08:00"]],
      [2, ["2026-11-12"]],
    ]);
    expect(folded(all, 20, (bucket) => bucket * 9).map(({ notes }) => notes.length)).toEqual([3]);
  });
});

describe("a chart with notes", () => {
  const plain = {
    grid: { top: 12 },
    tooltip: { formatter: () => "<b>own</b>" },
    series: [{ id: "a", data: [1, 2, 3] }, { id: "b" }],
  };
  const drawn = (notes: Note[], compact = false) =>
    withMarks(plain, days, placed(notes, days), { palette: light, compact, words }) as unknown as {
      grid: { top: number };
      tooltip: { formatter: (points: { dataIndex: number }[]) => string };
      series: { markLine?: { data: { xAxis: number }[] }; markArea?: { data: { xAxis: number }[][] } }[];
    };

  it("says a bucket's notes in its tooltip, as text and never as HTML", () => {
    const { tooltip } = drawn([note("2026-11-11", null, '<img src=x onerror="alert(1)"> & more')]);
    expect(tooltip.formatter([{ dataIndex: 0 }])).toBe("<b>own</b>");
    const said = tooltip.formatter([{ dataIndex: 1 }]);
    expect(said).toContain("&#60;img src=x onerror=&#34;alert(1)&#34;&#62; &#38; more");
    expect(said).not.toContain("<img");
    expect(notesTip([note("2026-11-11T01:00")], "day", { ...words, when: () => "<i>" })).not.toContain("<i>");
  });

  it("says no more than a few and how many are left", () => {
    const many = Array.from({ length: 6 }, () => note("2026-11-11"));
    const said = notesTip(many, "day", { ...words, word: (key, values) => `${key}(${values?.count})` });
    expect(said.match(/<p>/g)).toHaveLength(5);
    expect(said).toContain("notes:more(2)");
  });

  it("has a line where one begins and a shade while it lasts, on its first series alone", () => {
    const { series } = drawn([note("2026-11-11", "2026-11-12")], true);
    expect(series[0]?.markLine?.data.map(({ xAxis }) => xAxis)).toEqual([1]);
    expect(series[0]?.markArea?.data.map((ends) => ends.map(({ xAxis }) => xAxis))).toEqual([[1, 2]]);
    expect(series[1]).toEqual({ id: "b" });
    expect(drawn([note("2026-11-01", "2026-11-30")]).series[0]?.markArea).toBeUndefined();
  });

  it("names the days a shop knows, with room above, but not on a tile", () => {
    const desk = drawn([]);
    expect(JSON.stringify(desk.series[0])).toContain("occasion.d1111");
    expect(desk.grid.top).toBe(24);
    expect(drawn([], true)).toBe(plain);
  });
});
