import { describe, expect, it } from "vitest";
import { curveDrawing, heatScale, knownColumns, shade } from "./retention";
import { retentionTable } from "./retention-table";
import { look, retention } from "./samples";

const step = { any_of: [{ event: "purchase" }] };
const params = { start: step, back: step };
const series = (option: object) => (option as { series: { id: string; data: unknown[] }[] }).series;
const group = retention.groups[0]!;

describe("retention curve", () => {
  it("leaves out a period 0 that is everybody, and columns that have begun for nobody", () => {
    expect(knownColumns(retention)).toBe(3);
    const { option, cells } = curveDrawing({ params, result: retention }, look);
    expect(series(option)[0]?.data).toEqual([0.4, null]);
    expect(cells["null/0"]).toEqual({ cohort: null, period: 1, group: null });
  });

  it("keeps period 0 where not everybody did both", () => {
    const half = { ...group, mean: group.mean.map((figure) => ({ ...figure, rate: 0.5 })) };
    const { option } = curveDrawing({ params, result: { ...retention, groups: [half] } }, look);
    expect(series(option)[0]?.data).toHaveLength(3);
  });
});

describe("heat", () => {
  it("is scaled by the later periods, from nothing to the darkest", () => {
    expect(heatScale(group)).toBe(0.4);
    const rates = [null, 0, 0.01, 0.2, 0.4, 1];
    const shades = rates.map((rate) => shade({ people: 1, rate, value: null, incomplete: false }, 0.4, 6));
    expect(shades).toEqual([null, 0, 1, 3, 5, 5]);
  });
});

describe("retention table", () => {
  it("has the mean first, then the cohorts; unknown is blank in a cohort and – in the mean", () => {
    const table = retentionTable({ params, columns: retention.columns, group }, look);
    expect(table.rows.map((row) => row.map((cell) => cell.text))).toEqual([
      ["table.mean", "30", "100.0%", "40.0%", "–", "–"],
      ["Fri 20 Nov", "20", "100.0%", "40.0%", "10.0%", ""],
      ["Sat 21 Nov", "10", "100.0%", "0.0%", "", ""],
    ]);
  });

  it("shows who was lost, and opens them; or the share of the period before", () => {
    const lost = retentionTable({ params, columns: retention.columns, group, shows: "lost" }, look);
    expect(lost.rows[1]?.map((cell) => cell.text)).toEqual([
      "Fri 20 Nov",
      "20",
      "0.0%",
      "60.0%",
      "90.0%",
      "",
    ]);
    expect(lost.rows[1]?.[3]?.cell).toMatchObject({ cohort: 0, period: 1, lost: true });
    const before = retentionTable({ params, columns: retention.columns, group, shows: "previous" }, look);
    expect(before.rows[1]?.map((cell) => cell.text)).toEqual(["Fri 20 Nov", "20", "–", "40.0%", "25.0%", ""]);
  });

  it("marks unfinished cells and opens known ones", () => {
    const table = retentionTable({ params, columns: retention.columns, group, shows: "people" }, look);
    expect(table.rows[1]?.[4]).toMatchObject({ text: "2", open: true, cell: { cohort: 0, period: 2 } });
    expect(table.rows[1]?.[5]?.cell).toBeUndefined();
  });
});
