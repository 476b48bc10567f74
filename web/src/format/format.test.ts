import { describe, expect, test } from "vitest";
import {
  ago,
  change,
  clock,
  day,
  dayOf,
  duration,
  exact,
  money,
  moneyShort,
  percent,
  points,
  short,
  stamp,
} from ".";

describe("numbers", () => {
  test.each([
    [0, "0", "0"],
    [7.125, "7.13", "7.13"],
    [9_876, "9,876", "9,876"],
    [12_345, "1.2 万", "12.3K"],
    [123_456, "12.3 万", "123K"],
    [1_234_567, "123 万", "1.2M"],
    [99_999_999, "1 亿", "100M"],
    [340_000_000, "3.4 亿", "340M"],
    [-12_345, "−1.2 万", "−12.3K"],
    [999_950, "100 万", "1M"],
    [null, "–", "–"],
    [Number.NaN, "–", "–"],
  ])("%s is short", (value, zh, en) => {
    expect(short(value, "zh-CN")).toBe(zh);
    expect(short(value, "en")).toBe(en);
  });

  test("what rounds to zero has no minus", () => {
    expect(exact(-0.001, "zh-CN")).toBe("0");
    expect(exact(-0, "en")).toBe("0");
    expect(exact(-0.01, "en")).toBe("−0.01");
  });
  test("exact numbers keep every digit; unknown is never 0", () => {
    expect(exact(17_032, "zh-CN")).toBe("17,032");
    expect(exact(-5, "en")).toBe("−5");
    expect(exact(undefined, "en")).toBe("–");
  });

  test("shares and changes", () => {
    expect(percent(0.12345, "en")).toBe("12.3%");
    expect(percent(null, "en")).toBe("–");
    expect(percent(-0.0004, "en")).toBe("0.0%");
    expect(percent(-0.004, "zh-CN", 0)).toBe("0%");
    expect(percent(-0.006, "zh-CN", 0)).toBe("−1%");
    expect(change(0.1234, "zh-CN")).toBe("+12.3%");
    expect(change(-0.04, "en")).toBe("−4.0%");
    expect(change(-0.0001, "en")).toBe("0.0%");
    expect(points(0.012, "zh-CN")).toBe("+1.2 个百分点");
    expect(points(-0.012, "en")).toBe("−1.2 pp");
  });
});

describe("money", () => {
  test("fen are shown where they matter", () => {
    expect(money(29_950, "CNY", "zh-CN")).toBe("¥299.50");
    expect(money(30_000, "CNY", "zh-CN")).toBe("¥300");
    expect(money(-1_050, "CNY", "en")).toBe("−¥10.50");
    expect(money(500, "JPY", "en")).toBe("¥500");
    expect(money(null, "CNY", "en")).toBe("–");
  });
  test("short amounts", () => {
    expect(moneyShort(1_234_500_00, "CNY", "zh-CN")).toBe("¥123 万");
    expect(moneyShort(1_234_500, "CNY", "en")).toBe("¥12.3K");
    expect(moneyShort(29_950, "CNY", "en")).toBe("¥300");
    expect(moneyShort(9_950, "CNY", "en")).toBe("¥99.50");
  });
});

describe("time", () => {
  const moment = "2026-11-21T17:05:09Z";
  test("days are cut in the project's zone", () => {
    expect(dayOf(moment, "Asia/Shanghai")).toBe("2026-11-22");
    expect(dayOf(moment, "UTC")).toBe("2026-11-21");
    expect(stamp(moment, "Asia/Shanghai")).toBe("2026-11-22 01:05");
    expect(clock(moment, "Asia/Shanghai", true)).toBe("01:05:09");
    expect(clock("2026-11-21T16:00:00Z", "Asia/Shanghai")).toBe("00:00");
    expect(stamp(null, "UTC")).toBe("–");
  });
  test("days as people write them, with the year where it is another", () => {
    expect(day("2026-11-21", "zh-CN", "2026-11-22")).toBe("11月21日 周六");
    expect(day("2026-11-21", "en", "2026-11-22")).toBe("Sat 21 Nov");
    expect(day("2025-11-21", "en", "2026-11-22", false)).toBe("21 Nov 2025");
  });
  test("how long ago, how long", () => {
    const now = Date.parse(moment);
    expect(ago(now - 180_000, "zh-CN", now)).toBe("3 分钟前");
    expect(ago(now - 7_200_000, "en", now)).toBe("2 hr. ago");
    expect(duration(100_800, "zh-CN")).toBe("1 天 4 小时");
    expect(duration(200, "en")).toBe("3 min 20 sec");
    expect(duration(0, "zh-CN")).toBe("0 秒");
    expect(duration(null, "en")).toBe("–");
  });
});
