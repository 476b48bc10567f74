import { describe, expect, it } from "vitest";
import { withLegend } from "./legend";

const grid = { top: 12 };
const line = (name: string, id = name) => ({ id, name, type: "line" });

describe("the names of a tile's colours", () => {
  it("are told once each, above the chart", () => {
    const option = withLegend({ grid, series: [line("Live"), line("Live", "Live~open"), line("Paid")] });
    expect(option.legend).toMatchObject({ data: ["Live", "Paid"], top: 0 });
    expect((option.grid as { top: number }).top).toBeGreaterThan(grid.top);
  });

  it("are not told where there is one, and not twice", () => {
    const alone = { grid, series: [line("Buyers"), line("Buyers", "Buyers~before")] };
    expect(withLegend(alone)).toBe(alone);
    const told = { grid, legend: { top: 4 }, series: [line("a"), line("b")] };
    expect(withLegend(told)).toBe(told);
  });

  it("are left out of charts without axes", () => {
    const flow = {
      series: [
        { type: "sankey", name: "a" },
        { type: "sankey", name: "b" },
      ],
    };
    expect(withLegend(flow)).toBe(flow);
  });
});
