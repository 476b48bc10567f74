import { expect, test } from "vitest";
import { palettes } from "@/ui/tokens";
import { drawnRows, rowsOption } from "./rows";
import type { RowsLook } from "./rows";

const look: RowsLook = {
  palette: palettes.light,
  narrow: false,
  names: ["day", "channel", "paid", "orders"],
  figure: (_, value) => String(value),
  short: (_, value) => String(value),
  across: String,
  unset: "not set",
};
const rows = [
  ["d1", "live", 5, 1],
  ["d1", null, 7, 2],
  ["d2", "live", 11, 3],
];

test("each column is a line", () => {
  const { across, lines } = drawnRows(rows, { kind: "line", x: 0, y: [2, 3], series: null }, look);
  expect(across).toEqual(["d1", "d2"]);
  expect(lines.map(({ name, values }) => [name, values])).toEqual([
    ["paid", [12, 11]],
    ["orders", [3, 3]],
  ]);
});

test("a column that splits makes a line of each value, and a hole stays a hole", () => {
  const { lines } = drawnRows(rows, { kind: "bar", x: 0, y: [2, 3], series: 1 }, look);
  expect(lines.map(({ name, values }) => [name, values])).toEqual([
    ["live", [5, 11]],
    ["not set", [7, null]],
  ]);
});

test("bars that split a whole are stacked", () => {
  const option = rowsOption(rows, { kind: "bar", x: 0, y: [2], series: 1 }, look) as {
    series: { stack?: string; type: string }[];
  };
  expect(option.series.map(({ stack, type }) => [stack, type])).toEqual([
    ["all", "bar"],
    ["all", "bar"],
  ]);
});
