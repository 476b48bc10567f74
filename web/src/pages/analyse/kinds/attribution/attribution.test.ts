import { describe, expect, it } from "vitest";
import { look } from "@/charts/samples";
import type { AttributionCredit, AttributionGroup, AttributionResult, AttributionRow } from "@/api/questions";
import { chainDrawing, modelDrawing, returnDrawing } from "./drawing";
import { cellOf, gaps } from "./model";
import type { Reading } from "./tables";
import { chainTable, liftTable, modelTable, moneyTable } from "./tables";

const MODELS = ["last", "linear"] as AttributionResult["models"];
const credits = (last: number, linear: number, extra: Partial<AttributionCredit> = {}) =>
  [last, linear].map((value): AttributionCredit => ({
    conversions: value / 100,
    value,
    people: value > 0 ? 2 : 0,
    ...extra,
  }));
const row = (name: string | null, last: number, linear: number): AttributionRow => ({
  touch: name === null ? null : name === "…" ? {} : { definition: 0, name },
  credits: credits(last, linear),
  first: credits(last / 2, linear / 4),
  repeat: credits(last / 2, (linear * 3) / 4),
  assisted: 1,
  last: 1,
});
const group: AttributionGroup = {
  group: null,
  conversions: 10,
  value: 1000,
  people: 4,
  first_conversions: 5,
  repeat_conversions: 5,
  lost: 3,
  rows: [row("live", 600, 300), row("paid", 100, 400), row("…", 0, 0), row(null, 300, 300)],
  lengths: [],
  delays: [],
  paths: [],
};
const result: AttributionResult = {
  models: MODELS,
  names: ["Channel"],
  groups: [group],
  cost: null,
  cost_elsewhere: null,
  lift: null,
};
const reading: Reading = {
  result,
  group,
  model: "linear",
  called: (touch) => (touch === null ? "none" : String(touch.name ?? "") || "other"),
  say: (key) => key,
  look,
};
const series = (option: object) =>
  (option as { series: { id: string; data: { value: number }[] }[] }).series.map(({ id, data }) => [
    id,
    data.map(({ value }) => value),
  ]);

describe("attribution", () => {
  it("finds what last touch gives most too much and most too little", () => {
    const { over, under } = gaps(result, group, "linear");
    expect([over?.row.touch?.name, over?.off]).toEqual(["live", 300]);
    expect([under?.row.touch?.name, under?.off]).toEqual(["paid", -300]);
    expect(gaps(result, group, "last")).toEqual({ over: null, under: null });
  });

  it("opens a touch, the rest and conversions without one into their people", () => {
    const [live, , rest, none] = group.rows;
    expect(cellOf(result, group, live!, "linear")).toMatchObject({ touch: { definition: 0, name: "live" } });
    expect(cellOf(result, group, rest!, "linear").rest?.map(({ name }) => name)).toEqual(["live", "paid"]);
    expect(cellOf(result, group, none!, "last", "first")).toMatchObject({ untouched: true, stage: "first" });
  });

  it("puts the chosen model first and adds up to the whole", () => {
    const table = modelTable(reading, "value", "all");
    expect(table.columns.map(({ title }) => title)).toEqual(["table.touch", "model.linear", "model.last"]);
    expect(table.rows[0]?.[1]?.note).toMatch(/50/);
    expect(table.rows[1]?.[1]?.note).toBe("×4");
    expect(
      table.rows
        .at(-1)
        ?.slice(1)
        .map(({ raw }) => raw),
    ).toEqual([1000, 1000]);
    expect(table.rows[2]?.[1]?.cell).toBeUndefined();
  });

  it("draws the chosen model beside last touch, and last touch alone", () => {
    expect(series(modelDrawing(reading, "all").option)).toEqual([
      ["linear", [300, 400, 0, 300]],
      ["last", [600, 100, 0, 300]],
    ]);
    expect(series(modelDrawing({ ...reading, model: "last" }, "all").option)).toHaveLength(1);
    expect(modelDrawing(reading, "all").cells["last/0"]).toMatchObject({ model: "last" });
  });

  it("keeps first and repeat orders apart", () => {
    expect(series(chainDrawing(reading).option)).toEqual([
      ["first", [75, 100, 0, 75]],
      ["repeat", [225, 300, 0, 225]],
    ]);
    expect(chainTable(reading).rows[0]?.at(-1)?.raw).toBe(0.75);
  });

  it("shows returns only where there are costs, losses in their colour", () => {
    const paid = {
      ...row("paid", 100, 400),
      cost: 800,
      credits: credits(100, 400, { roas: 0.5, roi: -0.5 }),
    };
    const held = { ...reading, group: { ...group, rows: [row("live", 600, 300), paid] } };
    expect(moneyTable(held).rows).toHaveLength(1);
    expect(moneyTable(held).rows[0]?.[4]).toMatchObject({ raw: 0.5, tone: "down" });
    expect(series(returnDrawing(held).option)).toEqual([["roas", [0.5]]]);
  });

  it("says which model is nearest to the tests", () => {
    const one = {
      error: 0.2,
      bias: -0.1,
      over: null,
      over_orders: 0,
      under: { definition: 0, name: "paid" },
    };
    const lift = { touches: [], models: [{ ...one, model: "linear" as const, under_orders: 7 }] };
    const [first] = liftTable({ ...reading, result: { ...result, lift } }).rows;
    expect(first?.map(({ text, note }) => note ?? text)).toEqual([
      "lift.nearest",
      "20.0%",
      "−10.0%",
      "–",
      "paid −7",
    ]);
  });
});
