import { expect, test } from "vitest";
import { DEFAULT_PERIOD, readPeriod, writePeriod } from "./place";

test.each(["7day", "12week", "2026-11-01..2026-11-21", "24hour"])("%s survives the address", (text) => {
  expect(writePeriod(readPeriod(text))).toBe(text);
});

test.each([null, "", "soon", "2026-11-21..2026-11-01"])("%s is no period: the usual one", (text) => {
  expect(readPeriod(text)).toEqual(DEFAULT_PERIOD);
});
