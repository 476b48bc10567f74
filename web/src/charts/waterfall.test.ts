import { expect, test } from "vitest";
import { look } from "./samples";
import { waterfallOption, waterfallSpans, waterfallStart } from "./waterfall";
import type { WaterfallBar } from "./waterfall";

const bars: WaterfallBar[] = [
  { name: "before", amount: 100, whole: true },
  { name: "buyers", amount: 40 },
  { name: "orders", amount: -20 },
  { name: "left", amount: 5, pale: true },
  { name: "now", amount: 125, whole: true },
];

test("each step begins where the one before it ended, and the last is the value", () => {
  expect(waterfallSpans(bars)).toEqual([
    [0, 100],
    [100, 140],
    [140, 120],
    [120, 125],
    [0, 125],
  ]);
});

test("the axis begins at zero unless the steps are small", () => {
  expect(
    waterfallStart([
      { name: "a", amount: 100, whole: true },
      { name: "b", amount: 90 },
    ]),
  ).toBe(0);
  expect(
    waterfallStart([
      { name: "a", amount: 100, whole: true },
      { name: "b", amount: -150 },
    ]),
  ).toBe(0);
  const start = waterfallStart([
    { name: "a", amount: 1000, whole: true },
    { name: "b", amount: 20 },
  ]);
  expect(start).toBeGreaterThan(900);
  expect(start).toBeLessThan(1000);
});

test("a step across zero has a piece on either side", () => {
  const option = waterfallOption(
    {
      bars: [
        { name: "a", amount: 10, whole: true },
        { name: "b", amount: -25 },
      ],
      format: "number",
      good: "up",
    },
    look,
  );
  const of = (id: string) =>
    (option.series as { id: string; data: { value: number }[] }[])
      .find((series) => series.id === id)!
      .data.map(({ value }) => value);
  expect(of("step")).toEqual([10, 10]);
  expect(of("step-below")).toEqual([0, -15]);
  expect(of("gap")).toEqual([0, 0]);
});
