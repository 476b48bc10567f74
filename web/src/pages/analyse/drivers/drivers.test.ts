import { expect, test } from "vitest";
import type { Driver, Tested } from "@/api/questions";
import type { Look } from "@/charts";
import { palettes } from "@/ui/tokens";
import { drawn, effectDrawing } from "./chart";
import { chance, effectTable } from "./tables";
import { bestOf } from "./words";
import type { Told } from "./words";

const say = (key: string) => key;
const look = {
  palette: palettes.light,
  narrow: false,
  compact: false,
  say: { figure: String, percent: String },
} as unknown as Look;

function tested(times: number, more: Partial<Tested> = {}): Tested {
  return {
    times,
    did: 40,
    did_reached: 20,
    not_did: 60,
    not_did_reached: 12,
    rate_did: 0.5,
    rate_not: 0.2,
    difference: 0.3,
    low: 0.11,
    high: 0.47,
    ratio: 2.5,
    ratio_low: 1.4,
    ratio_high: 4.5,
    adjusted: 0.1,
    adjusted_low: -0.1,
    adjusted_high: 0.3,
    phi: 0.31,
    word: "did",
    method: "chi_square",
    p_value: 0.002,
    q_value: 0.004,
    telling: true,
    ...more,
  };
}

const driver: Driver = { behaviour: "share", name: "share", best: 2, tests: [tested(1), tested(2)] };
const row: Told = { driver, one: tested(2), label: "Share ≥ 2×" };

test("a behaviour is shown at its best number of times, or its first without a test", () => {
  expect(bestOf(driver)?.times).toBe(2);
  expect(bestOf({ ...driver, best: null })?.times).toBe(1);
});

test("a point opens those who did it and reached the outcome", () => {
  const { cells } = effectDrawing([row], look, say, "en");
  expect(cells["effect/0"]).toEqual({
    behaviour: "share",
    times: 2,
    did: true,
    reached: true,
    left_out: null,
  });
});

test("what has no test is not drawn", () => {
  expect(drawn([row, { ...row, one: tested(2, { p_value: null }) }], 9)).toHaveLength(1);
});

test("the six counts of a row open into different people", () => {
  const [cells] = effectTable([row], "retention_drivers", look, say, "en").rows;
  const counts = cells!.filter(({ cell }) => cell).map(({ raw }) => raw);
  expect(counts).toEqual([40, 20, 20, 60, 12, 48]);
  expect(new Set(cells!.flatMap(({ cell }) => (cell ? [JSON.stringify(cell)] : []))).size).toBe(6);
});

test("chance is said to three digits", () => {
  expect([chance(null, say), chance(0.0001, say), chance(0.04213, say)]).toEqual([
    "drivers.few",
    "q < 0.001",
    "q = 0.042",
  ]);
});
