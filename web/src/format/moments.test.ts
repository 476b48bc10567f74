import { describe, expect, it } from "vitest";
import { momentSize, momentValues, momentWords } from "./moments";

const say = (key: string) => key;

describe("what the time of an event says", () => {
  it("is called as people call it", () => {
    expect(momentWords("$weekday", 1, "en", say)).toBe("Mon");
    expect(momentWords("$weekday", 7, "zh-CN", say)).toBe("周日");
    expect(momentWords("$hour", 9, "en", say)).toBe("09:00");
    expect(momentWords("$working_day", true, "en", say)).toBe("moment.working");
    expect(momentWords("$working_day", false, "en", say)).toBe("moment.off");
  });

  it("leaves bands and other properties alone", () => {
    expect(momentWords("$hour", "< 8", "en", say)).toBeUndefined();
    expect(momentWords("value", 8, "en", say)).toBeUndefined();
  });

  it("knows how many values there are", () => {
    expect(momentValues("$weekday")).toHaveLength(7);
    expect(momentValues("$hour")).toBeNull();
    expect([momentSize("$hour"), momentSize("$weekday")]).toEqual([24, 7]);
  });
});
