import { describe, expect, it } from "vitest";
import { conversionDrawing, drawnGroups, funnelDrawing, timesDrawing } from "./funnel";
import { funnelTable } from "./funnel-table";
import { funnel, funnelGroup, look, splitFunnel } from "./samples";

interface Drawn {
  id: string;
  data: unknown[];
}
const series = (option: object) => (option as { series: Drawn[] }).series;

describe("funnel drawing", () => {
  it("stands who dropped out on top of who went on, so that each column is as high as the one before", () => {
    const [reached, lost] = series(funnelDrawing({ result: funnel }, look).option);
    expect(reached?.data).toEqual([1, 0.5, 0.25]);
    expect(lost?.data).toEqual([null, 0.5, 0.25]);
  });

  it("opens a bar into who reached the step and its hatching into who dropped out after the one before", () => {
    const { cells } = funnelDrawing({ result: funnel }, look);
    expect(cells["null/2"]).toEqual({ step: 3, dropped: false, group: null });
    expect(cells["null~lost/2"]).toEqual({ step: 2, dropped: true, group: null });
    expect(cells["null~lost/0"]).toBeUndefined();
  });

  it("draws an optional step paler, with who skipped it on top, and who was lost after it from the step before", () => {
    const group = funnelGroup(null, [100, 30, 60]);
    const steps = group.steps.map((step, at) => ({ ...step, optional: at === 1 }));
    const { option, cells } = funnelDrawing({ result: { groups: [{ ...group, steps }] } }, look);
    const [reached, lost] = series(option);
    expect(reached?.data).toMatchObject([1, { value: 0.3 }, 0.6]);
    expect(lost?.data).toMatchObject([null, { value: 0.7 }, 0.4]);
    expect(cells["null~lost/1"]).toEqual({ step: 2, dropped: true, group: null });
    expect(cells["null~lost/2"]).toEqual({ step: 1, dropped: true, group: null });
  });

  it("marks the height of the period before, for everyone only", () => {
    const compared = { groups: [funnelGroup(null, [100, 60, 20])] };
    expect(series(funnelDrawing({ result: funnel, compared }, look).option).at(-1)).toMatchObject({
      id: "before",
      data: [null, 0.6, 0.2],
    });
    expect(
      series(funnelDrawing({ result: splitFunnel, compared }, look).option).map((each) => each.id),
    ).not.toContain("before");
  });

  it("puts the groups side by side without everyone, each of its own first step, hidden ones left out", () => {
    expect(drawnGroups(splitFunnel).map((group) => group.group)).toEqual([["live"], ["natural"], ["$other"]]);
    const drawing = funnelDrawing({ result: splitFunnel, hidden: new Set(['["live"]']) }, look);
    expect(series(drawing.option).map((each) => each.id)).toEqual([
      '["natural"]',
      '["natural"]~lost',
      '["$other"]',
      '["$other"]~lost',
    ]);
    expect(series(drawing.option)[0]?.data[0]).toBe(1);
  });
});

describe("time to convert", () => {
  it("counts people, or with groups their share, and marks the median's bin", () => {
    const { option } = timesDrawing({ result: funnel }, look);
    expect(series(option)[0]).toMatchObject({ data: [4, 20, 1], markLine: { data: [{ xAxis: 1 }] } });
    expect(series(timesDrawing({ result: splitFunnel }, look).option)[0]?.data).toEqual([0.16, 0.8, 0.04]);
  });
});

describe("conversion over time", () => {
  it("dashes where the window is still open and opens a point into who converted", () => {
    const params = { steps: [1, 2, 3].map(() => ({ any_of: [{ event: "x" }] })) };
    const { option, cells } = conversionDrawing({ params, result: funnel }, look);
    expect(series(option).map((each) => each.data)).toEqual([
      [1 / 3, null],
      [1 / 3, 0.125],
    ]);
    expect(cells["null/1"]).toEqual({ step: 3, dropped: false, group: null, bucket: 1 });
  });
});

describe("funnel table", () => {
  it("has a row a step with interval, loss and time", () => {
    const rows = funnelTable({ result: funnel }, look).rows.map((row) => row.map((cell) => cell.text));
    expect(rows[1]).toEqual(["2  step 2", "50", "50.0%", "50.0%", "25", "1 min", "1 min 30 sec"]);
    expect(funnelTable({ result: funnel }, look).rows[1]?.[2]?.note).toBe("49.0% – 51.0%");
  });

  it("has a row a group when split", () => {
    const table = funnelTable({ result: splitFunnel }, look);
    expect(table.rows.map((row) => row[0]?.text)).toEqual(["group.all", "live", "natural", "group.other"]);
    expect(table.rows[1]?.[3]).toMatchObject({
      text: "20",
      cell: { step: 3, dropped: false, group: ["live"] },
    });
  });
});
