import { expect, test } from "vitest";
import type { GoalRow } from "@/api";
import { accountOf } from "./account";

function row(held: Partial<GoalRow>): GoalRow {
  return {
    path: "0",
    way: "part",
    format: "number",
    good: "up",
    measures: [],
    opens: [],
    rows: [],
    ...held,
  } as GoalRow;
}
const part = (gain: number | null, way: GoalRow["way"] = "part") => row({ gain, way });

test("the largest come first, those against apart, trifles unsaid", () => {
  const account = accountOf(
    row({
      change: 100,
      previous: 400,
      rows: [part(30), part(90), part(-20), part(2), part(-2, "residual")],
    }),
  )!;
  expect(account.with.map(({ gain }) => gain)).toEqual([90, 30]);
  expect(account.against.map(({ gain }) => gain)).toEqual([-20]);
  expect(account.relative).toBe(0.25);
  expect(account.left).toBe(0);
});

test("of a fall, what fell is the reason, and much that is unexplained is said", () => {
  const account = accountOf(
    row({ change: -100, previous: 0, rows: [part(-60), part(10), part(null), part(-50, "residual")] }),
  )!;
  expect(account.way).toBe("less");
  expect(account.with.map(({ gain }) => gain)).toEqual([-60]);
  expect(account.against.map(({ gain }) => gain)).toEqual([10]);
  expect(account.relative).toBeNull();
  expect(account.left).toBe(-50);
});

test("no change, no account", () => {
  expect(accountOf(row({ change: null }))).toBeNull();
  expect(accountOf(row({ change: 0, previous: 1 }))?.way).toBe("same");
});
