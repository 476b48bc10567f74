import { expect, test } from "vitest";
import type { Vocabulary } from "@/api";
import { NO_WORDS, afterEvery, eventNames, sameWords, withEvent, withName } from "./edit";

const words = { events: { PAGE: { ...NO_WORDS, event: "page_view" } } } as unknown as Vocabulary;
const arrived = [{ sent: "看商品", count: 3, now: "看商品", then: null, samples: {} }];

test("what arrived stands first, and both sides are searched", () => {
  expect(eventNames(words, arrived, "")).toEqual(["看商品", "PAGE"]);
  expect(eventNames(words, arrived, "page_v")).toEqual(["PAGE"]);
});

test("an event that says nothing any more is not listed", () => {
  const named = withEvent(words, "看商品", { event: "view_item" });
  expect(named.events?.["看商品"]?.event).toBe("view_item");
  expect(withEvent(named, "看商品", { event: null }).events).toEqual(words.events);
  expect(withEvent(words, "x", { leave_out: true }).events?.["x"]?.leave_out).toBe(true);
});

test("an empty name leaves a property out; none takes the line away", () => {
  expect(withName({ a: "b" }, "a", "")).toEqual({ a: "" });
  expect(withName({ a: "b" }, "a", undefined)).toEqual({});
});

test("an event's own words see names after those of every event", () => {
  const vendor = {
    prefix: "$",
    every: { properties: { $pathname: "page_path", $debug: "" } },
  } as unknown as Vocabulary;
  const samples = { $pathname: "/a", $debug: 1, $os: "iOS", $x: 1, x: 2, own: 3 };
  expect(afterEvery(vendor, samples)).toEqual({ page_path: "/a", os: "iOS", $x: 1, x: 2, own: 3 });
});

test("words are the same in any order", () => {
  const one = { person: {}, events: {} } as unknown as Vocabulary;
  const other = { events: {}, person: {} } as unknown as Vocabulary;
  expect(sameWords(one, other)).toBe(true);
  expect(sameWords(one, words)).toBe(false);
});
