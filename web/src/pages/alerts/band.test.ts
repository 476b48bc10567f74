import { describe, expect, it } from "vitest";
import { palettes } from "@/ui";
import { bandOption, rangeText } from "./band";
import type { BandPoint, BandWords } from "./band";
import { scaled, unitOf } from "./words";

const words: BandWords = {
  day: (start) => start,
  figure: String,
  short: String,
  value: "Value",
  expected: "Expected",
  range: "Range",
  news: (news) => news,
};
const point: BandPoint = {
  start: "2026-11-20",
  value: 5,
  expected: 12,
  low: 10,
  high: 14,
  bad: true,
  news: "fired",
};

describe("the band", () => {
  it("lies between its limits and never under the axis", () => {
    const option = bandOption([point, { ...point, low: -4 }], words, palettes.light);
    const [low, room] = option.series as { data: number[] }[];
    expect(low!.data).toEqual([10, 0]);
    expect(room!.data).toEqual([4, 14]);
  });

  it("reaches to the edge where there is only one limit, and is not there without a judgement", () => {
    const one = [
      { ...point, high: null },
      { ...point, low: null, high: null },
    ];
    const [low, room] = bandOption(one, words, palettes.light).series as { data: (number | null)[] }[];
    expect(low!.data).toEqual([10, null]);
    expect(room!.data).toEqual([0, null]);
  });

  it("says its range in words", () => {
    expect(rangeText(point, String)).toBe("10 – 14");
    expect(rangeText({ low: 10, high: null }, String)).toBe("≥ 10");
    expect(rangeText({ low: null, high: 14 }, String)).toBe("≤ 14");
    expect(rangeText({ low: null, high: null }, String)).toBe("–");
  });
});

describe("units", () => {
  it("reads what people type", () => {
    expect(scaled(0.1, unitOf("percent"))).toBe(0.001);
    expect(scaled(1200.5, unitOf("money"))).toBe(120_050);
    expect(scaled(7, unitOf("number"))).toBe(7);
  });
});
