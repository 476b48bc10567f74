import { describe, expect, it } from "vitest";
import { emptyRule, isWhole, moved, written } from "./rules";

describe("rules of channels", () => {
  it("are whole when every look says what it looks for", () => {
    expect(isWhole(emptyRule())).toBe(false);
    const rule = {
      channel: "store",
      name: "",
      when: [{ property: "scene", op: "is" as const, values: ["1"] }],
    };
    expect(isWhole(rule)).toBe(true);
    expect(isWhole({ ...rule, when: [{ property: "scene", op: "is_set", values: [] }] })).toBe(true);
    expect(isWhole({ ...rule, channel: " " })).toBe(false);
  });
  it("say no values where none are looked at", () => {
    const rule = {
      channel: " a ",
      name: "",
      when: [{ property: "x", op: "is_set" as const, values: ["1"] }],
    };
    expect(written(rule)).toEqual({
      channel: "a",
      name: "",
      when: [{ property: "x", op: "is_set", values: [] }],
    });
  });
  it("move up and down", () => {
    expect(moved([1, 2, 3], 2, 0)).toEqual([3, 1, 2]);
    expect(moved([1, 2, 3], 0, 1)).toEqual([2, 1, 3]);
  });
});
