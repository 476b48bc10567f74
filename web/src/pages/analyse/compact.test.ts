import { describe, expect, it } from "vitest";
import { decode, encode, type Json } from "./compact";

const samples: Json[] = [
  null,
  true,
  0,
  -1.5,
  1e21,
  "",
  "12",
  "purchase",
  "上海 / 浦东",
  "it's !~ (odd), a:b",
  "-x",
  [],
  {},
  [[], [{}]],
  { steps: [{ any_of: [{ event: "view_item" }] }], period: { last: 30 }, "a b": [1, "1", null] },
];

describe("compact", () => {
  it.each(samples.map((sample) => [encode(sample), sample] as const))("%s", (written, sample) => {
    expect(decode(written)).toEqual(sample);
  });

  it("reads as a question", () => {
    expect(encode({ steps: [{ any_of: [{ event: "purchase" }] }], period: { last: 30 } })).toBe(
      "(steps:!((any_of:!((event:purchase)))),period:(last:30))",
    );
  });

  it.each(["", "(", "!", "!(1", "(a:1", "~x", "(a)", "1)", "!x"])("refuses %j", (broken) => {
    expect(() => decode(broken)).toThrow();
  });

  it("survives a trip through a query string", () => {
    const question: Json = { property: "城市", value: ["杭州", "a&b=c#d?e+f%20"] };
    const address = new URL(`http://x/?q=${encodeURIComponent(encode(question))}`);
    expect(decode(address.searchParams.get("q") ?? "")).toEqual(question);
  });
});
