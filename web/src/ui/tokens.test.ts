import { expect, test } from "vitest";
import { applyPalette, palettes } from "./tokens";
import type { Palette } from "./tokens";

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * parts[0]! + 0.7152 * parts[1]! + 0.0722 * parts[2]!;
}
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const TEXT: [keyof Palette, keyof Palette][] = [
  ["ink", "paper"],
  ["ink2", "paper"],
  ["ink3", "paper"],
  ["ink2", "sunken"],
  ["ink3", "sunken"],
  ["accent", "paper"],
  ["accentStrong", "accentSoft"],
  ["onAccent", "accent"],
  ["loss", "paper"],
  ["loss", "lossSoft"],
  ["warn", "warnSoft"],
];

test.each(Object.entries(palettes))("text of the %s theme is readable (WCAG AA)", (_, palette) => {
  for (const [text, ground] of TEXT) {
    const found = contrast(palette[text] as string, palette[ground] as string);
    expect(found, `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  }
});

test.each(Object.entries(palettes))("lines of the %s theme stand out from the paper", (_, palette) => {
  for (const colour of palette.series) expect(contrast(colour, palette.paper)).toBeGreaterThan(1.9);
});

test("tokens become CSS variables", () => {
  applyPalette("dark");
  expect(document.documentElement.style.getPropertyValue("--ink-2")).toBe(palettes.dark.ink2);
  expect(document.documentElement.style.getPropertyValue("--accent-soft")).toBe(palettes.dark.accentSoft);
  expect(document.documentElement.style.getPropertyValue("--series-8")).toBe(palettes.dark.series[7]);
});
