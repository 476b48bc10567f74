import { describe, expect, test } from "vitest";
import { cleanedTests, fits, patternTest, ruleOf } from "./clean";

describe("values put together", () => {
  test.each([
    ["/goods/*", "/goods/", true],
    ["/goods/*", "/goods", false],
    ["/goods/*?from=*", "/goods/1?from=share", true],
    ["*a*a", "aa", true],
    ["*a*a", "a", false],
    ["ab*b", "ab", false],
    ["a.c", "abc", false],
    ["*", "", true],
    ["/HOME", "/home", false],
  ])("%s and %s", (pattern, value, is) => expect(fits(pattern, value)).toBe(is));

  test("many stars take no time", () => {
    expect(fits("*a".repeat(100) + "b", "a".repeat(5000))).toBe(false);
  });

  test("the first rule that fits names a value", () => {
    expect(ruleOf([{ pattern: "/g*" }, { pattern: "*" }], "/goods")).toBe(0);
    expect(ruleOf([{ pattern: "/g*" }], "/home")).toBe(-1);
  });

  test("a pattern is said as plainly as can be", () => {
    const said = (pattern: string) => {
      const { op, value } = patternTest({ property: "page" }, pattern);
      return [op, value];
    };
    expect(said("/home")).toEqual(["is", "/home"]);
    expect(said("/goods/*")).toEqual(["starts_with", "/goods/"]);
    expect(said("*.html")).toEqual(["ends_with", ".html"]);
    expect(said("*share*")).toEqual(["contains", "share"]);
    expect(said("/a*?b")).toEqual(["matches", "(?s)\\A/a.*\\?b\\Z"]);
  });

  test("a name stands for its rules, for what is called so, and for nothing that a rule before names", () => {
    const clean = [{ pattern: "/old*" }, { pattern: "/g*", name: "goods" }, { pattern: "*l", name: "goods" }];
    const by = { property: "page", clean };
    const page = { property: "page", scope: "event", kind: null };
    const not = { not: { ...page, op: "starts_with", value: "/old" } };
    expect(cleanedTests(by, "/home")).toEqual([{ ...page, op: "is", value: "/home" }]);
    expect(cleanedTests(by, "/old*")).toEqual([{ ...page, op: "starts_with", value: "/old" }]);
    expect(cleanedTests(by, "goods")).toEqual([
      {
        any: [
          { all: [{ ...page, op: "starts_with", value: "/g" }, not] },
          { all: [{ ...page, op: "ends_with", value: "l" }, not] },
          { ...page, op: "is", value: "goods" },
        ],
      },
    ]);
  });
});
