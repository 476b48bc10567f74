import { describe, expect, it } from "vitest";
import { occasions } from "./occasions";
import { csv } from "./table";
import { groupColours } from "./look";
import { light } from "@/ui/tokens";

describe("csv", () => {
  it("quotes what must be, keeps plain figures, and disarms formulas", () => {
    const raw = ["a,b", 'say "hi"', "=1+1", -2.5, null, "中文"];
    const text = csv({
      caption: "",
      columns: raw.map((_, at) => ({ title: `c${at}` })),
      rows: [raw.map((value) => ({ text: "", raw: value }))],
    });
    expect(text).toBe(`\ufeffc0,c1,c2,c3,c4,c5\r\n"a,b","say ""hi""",'=1+1,-2.5,,中文\r\n`);
  });
});

describe("occasions", () => {
  it("knows the fixed days and the lunar year", () => {
    const days = ["2026-02-16", "2026-02-17", "2026-06-18T00:00:00+08:00", "2026-11-11", "2026-11-12"];
    expect(occasions(days).map(({ key }) => key)).toEqual(["cny", "d618", "d1111"]);
  });
});

describe("colours", () => {
  it("are a channel's own wherever channels are compared", () => {
    const one = groupColours([["live"], ["natural"]], light);
    const other = groupColours([["natural"], ["paid"], ["live"]], light);
    expect(one[0]).toBe(other[2]);
    expect(one[1]).toBe(other[0]);
  });

  it("are grey for everything else and in order for the rest", () => {
    expect(groupColours([["杭州"], ["$other"]], light)).toEqual([light.series[0], light.ink3]);
  });
});
