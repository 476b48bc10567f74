import { describe, expect, it } from "vitest";
import { formulaProblem } from "./FormulaEditor";
import { presets } from "./presets";
import { isComplete, moved, operatorsFor, valueFor, withAt } from "./question";

describe("conditions", () => {
  it("keep what still fits of a value when the operator changes", () => {
    expect(valueFor("in", "杭州")).toEqual(["杭州"]);
    expect(valueFor("is", ["杭州", "上海"])).toBe("杭州");
    expect(valueFor("between", [1, 2, 3])).toEqual([1, 2]);
    expect(valueFor("is_set", "x")).toBeNull();
  });

  it("are asked only when they are whole", () => {
    const whole = { property: "city", op: "is", value: "杭州" } as const;
    expect(isComplete(whole)).toBe(true);
    expect(isComplete({ ...whole, value: null })).toBe(false);
    expect(isComplete({ ...whole, value: false })).toBe(true);
    expect(isComplete({ property: "price", op: "between", value: [1] })).toBe(false);
    expect(isComplete({ property: "price", op: "is_set" })).toBe(true);
    expect(isComplete({ not: { any: [whole, { ...whole, value: "" }] } })).toBe(false);
    expect(isComplete({ item: [{ ...whole, scope: "item" }] })).toBe(true);
  });

  it("offer the operators of the kind, and whether it is set", () => {
    expect(operatorsFor("flag")).toEqual(["is", "is_not", "is_set", "is_not_set"]);
    expect(operatorsFor("time")).not.toContain("contains");
  });
});

describe("lists", () => {
  it("are moved, replaced and shortened without touching the old one", () => {
    const list = ["a", "b", "c"];
    expect(moved(list, 0, 2)).toEqual(["b", "c", "a"]);
    expect(moved(list, 2, 0)).toEqual(["c", "a", "b"]);
    expect(withAt(list, 1, null)).toEqual(["a", "c"]);
    expect(withAt(list, 1, "x")).toEqual(["a", "x", "c"]);
    expect(list).toEqual(["a", "b", "c"]);
  });
});

describe("formulas", () => {
  it.each([
    ["B / A", 2, null],
    ["(a + b) * 100", 2, null],
    ["C / A", 2, "formula.no_series"],
    ["AB", 2, "formula.no_series"],
    ["A ** B;", 2, "formula.stray"],
    ["(A", 1, "formula.brackets"],
    [")A(", 1, "formula.brackets"],
    ["1 + 1", 1, "formula.no_letter"],
  ])("%s", (expression, series, key) => {
    expect(formulaProblem(expression, series)?.key ?? null).toBe(key);
  });
});

describe("presets", () => {
  it("know the last month and the last campaign that has begun", () => {
    const of = (today: string, key: string) => presets(today).find((preset) => preset.key === key)?.period;
    expect(of("2026-03-05", "last_month")).toEqual({ from: "2026-02-01", to: "2026-02-28" });
    expect(of("2026-11-22", "d1111")).toEqual({ from: "2026-10-20", to: "2026-11-11" });
    expect(of("2026-03-05", "d618")).toEqual({ from: "2025-05-25", to: "2025-06-20" });
  });
});
