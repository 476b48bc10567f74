import { describe, expect, it } from "vitest";
import type { FunnelParams } from "@/api/questions";
import funnelKit from "./kinds/funnel";
import { readQuestion, readable, writeQuestion } from "./address";

const question: FunnelParams = {
  steps: [
    { any_of: [{ event: "view_item", filters: [{ property: "城市", op: "in", value: ["杭州", "上 海"] }] }] },
    { any_of: [{ event: "purchase" }] },
  ],
  within: { n: 3, unit: "hour" },
  exclusions: [],
  people: null,
};
const through = (query: Record<string, string>) =>
  new URL(`http://x/?${readable(Object.entries(query))}`).searchParams;

describe("the address of a question", () => {
  it("gives the question back, without what says nothing", () => {
    const search = through(writeQuestion({ ...question, period: { last: 7, unit: "day" } }, "times"));
    expect(readQuestion(search)).toEqual({ steps: question.steps, within: question.within });
    expect(Object.fromEntries(search)).toMatchObject({
      v: "1",
      view: "times",
      period: "7day",
      compare: "off",
    });
  });

  it("leaves the plain comparison to the switch and keeps any other", () => {
    const plain = through(writeQuestion({ ...question, compare: [{ period: "previous" }] }, null));
    expect(plain.get("compare")).toBe("previous");
    expect(plain.get("q")).not.toContain("compare");
    const other = through(
      writeQuestion({ ...question, compare: [{ period: { from: "2026-06-01", to: "2026-06-18" } }] }, null),
    );
    const several = [{ period: "previous" as const }, { people: { segments: ["VIP"] } }];
    const both = through(writeQuestion({ ...question, compare: several }, null));
    expect(readQuestion<"funnel">(both)?.compare).toEqual(several);
    expect(readQuestion<"funnel">(other)?.compare).toEqual([
      { period: { from: "2026-06-01", to: "2026-06-18" } },
    ]);
  });

  it("reads in the address bar", () => {
    const own: FunnelParams = { steps: [{ any_of: [{ event: "a" }] }, { any_of: [{ event: "b" }] }] };
    expect(readable(Object.entries(writeQuestion(own, null)))).toBe(
      "v=1&q=(steps:!((any_of:!((event:a))),(any_of:!((event:b)))))&compare=off",
    );
  });

  it.each(["", "q=", "q=(", "q=(steps:!())", "v=9&q=(steps:!(1,2))", "q=!t"])(
    "takes nothing from %j",
    (query) => {
      const reads = funnelKit.reads!;
      expect(readQuestion(new URLSearchParams(query), reads)).toBeNull();
    },
  );
});
