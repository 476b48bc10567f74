import { expect, test } from "vitest";
import type { GoalDefinition } from "@/api";
import { emptyNode, isWritten, readNode, writeGoal } from "./draft";

const unitOf = (metric: string) => (metric === "gmv" || metric === "aov" ? 100 : 1);
const node = { owner: null, target: null, measures: [], how: null, by: null, parts: [] };
const part = { ...node, metric: null, weight: 1, values: null, segment: null };
const goal: GoalDefinition = {
  ...node,
  title: { en: "GMV", zh: "成交额" },
  description: { en: "a", zh: "b" },
  metric: "gmv",
  target: { value: 12345600, from: "2026-11-01", to: "2026-11-30" },
  how: "product",
  parts: [
    {
      ...part,
      title: { en: "Buyers", zh: "人数" },
      owner: "Lin",
      metric: "buyers",
      measures: [{ metric: "visitors", weight: 2, target: { value: 9, from: null, to: null } }],
      how: "split",
      by: { property: "level", scope: "person", top: 3 },
      parts: [{ ...part, title: { en: "One", zh: "一" }, values: [1, null, "gold"] }],
    },
    {
      ...part,
      title: { en: "AOV", zh: "客单价" },
      metric: "aov",
      how: "split",
      parts: [{ ...part, title: { en: "S", zh: "S" }, segment: "seg-1" }],
    },
  ],
};

test("a goal that is read and written again is the same", () => {
  const draft = readNode(goal, unitOf);
  expect(draft.target).toBe(123456);
  expect(isWritten(draft)).toBe(true);
  expect(writeGoal(draft, unitOf, goal)).toEqual(goal);
});

test("what must be said", () => {
  const draft = emptyNode("gmv");
  expect(isWritten(draft)).toBe(false);
  draft.zh = "目标";
  expect(isWritten(draft)).toBe(true);
  draft.how = "product";
  expect(isWritten(draft)).toBe(false);
  draft.parts = [
    { ...emptyNode("a"), zh: "甲" },
    { ...emptyNode("b"), zh: "乙" },
  ];
  expect(isWritten(draft)).toBe(true);
  draft.how = "split";
  expect(isWritten(draft)).toBe(false);
  draft.parts = [];
  expect(isWritten(draft)).toBe(true);
  expect(writeGoal(draft, unitOf).by).toEqual({ property: "channel", scope: "event", top: 6 });
});
