import type { GroupLabel, Grain } from "@/api/questions";
import type { Palette } from "@/ui/tokens";
import type { ChartOption as Option } from "./Chart";
import type { TimeAxis } from "./marks";

export type Format = "number" | "percent" | "money" | "seconds" | "ratio";

/** How a chart speaks: every figure and word in the reader's language. */
export interface Speech {
  figure: (value: number | null, format: Format) => string;
  /** Short enough for an axis: 1.2 万, 12K. */
  short: (value: number, format: Format) => string;
  percent: (rate: number | null) => string;
  duration: (seconds: number | null) => string;
  bucket: (start: string, grain: Grain) => string;
  group: (label: GroupLabel | null) => string;
  word: (key: string, values?: Record<string, string | number>) => string;
}

export interface Look {
  palette: Palette;
  say: Speech;
  /** A phone: fewer labels, no text beside lines. */
  narrow: boolean;
  /** A board tile: the chart alone. */
  compact?: boolean;
}

/** A chart and what opens where one clicks: `cells["series id/index"]`. */
export interface Drawing<C> {
  option: Option;
  cells: Record<string, C>;
  /** A chart over time: its buckets. */
  time?: TimeAxis | undefined;
  /** The whole column answers a click with the nearest line, not only its points. */
  nearest?: boolean;
}

export function cellKey(series: string, index: number): string {
  return `${series}/${index}`;
}

const CHANNELS = ["natural", "paid", "official_account", "live", "chat", "fission", "media", "other"];

/**
 * Colours for the groups of one chart: a channel has its own everywhere, the rest take what is free
 * in order, "everything else" is grey.
 */
export function groupColours(groups: readonly (GroupLabel | null)[], palette: Palette): string[] {
  const wanted = groups.map((group) => (group?.length === 1 ? CHANNELS.indexOf(String(group[0])) : -1));
  const channels = wanted.filter((slot) => slot >= 0).length * 2 > groups.length;
  let next = 0;
  return groups.map((group, index) => {
    if (group?.[0] === "$other") return palette.ink3;
    const slot = wanted[index] ?? -1;
    const taken = channels && slot >= 0 ? slot : next++;
    return palette.series[taken % palette.series.length] ?? palette.accent;
  });
}

/** A hex colour let through by `share` (0…1). */
export function faded(hex: string, share: number): string {
  const alpha = Math.round(share * 255)
    .toString(16)
    .padStart(2, "0");
  return `${hex.slice(0, 7)}${alpha}`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export interface TipRow {
  colour: string;
  name: string;
  value: string;
  note?: string;
}

/** The one tooltip: a heading and rows with a colour, a name, a figure and a note. */
export function tip(heading: string, rows: readonly TipRow[], foot?: string | readonly string[]): string {
  const lines = rows.map(
    (row) =>
      `<tr><td><i style="background:${row.colour}"></i></td><td>${escapeHtml(row.name)}</td>` +
      `<td class="tip-figure">${escapeHtml(row.value)}</td><td class="tip-note">${escapeHtml(row.note ?? "")}</td></tr>`,
  );
  const feet = typeof foot === "string" ? [foot] : (foot ?? []);
  const last = feet.map((line) => `<p>${escapeHtml(line)}</p>`).join("");
  return `<div class="tw-tip"><b>${escapeHtml(heading)}</b><table>${lines.join("")}</table>${last}</div>`;
}

export function tooltipBase(palette: Palette): Option {
  return {
    confine: true,
    backgroundColor: palette.surface,
    borderColor: palette.hairline,
    borderWidth: 1,
    padding: 0,
    transitionDuration: 0,
    textStyle: { color: palette.ink, fontSize: 12 },
    extraCssText: "box-shadow: 0 4px 16px rgba(0,0,0,.1); border-radius: 6px;",
  };
}

export function axisBase(palette: Palette): Option {
  return {
    axisLine: { lineStyle: { color: palette.edge } },
    axisTick: { show: false },
    axisLabel: { color: palette.ink3, fontSize: 11, hideOverlap: true },
    splitLine: { show: false },
  };
}

/** A value axis with three or four faint lines and no line of its own. */
export function valueAxis(palette: Palette, format: (value: number) => string): Option {
  return {
    type: "value",
    splitNumber: 3,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: palette.ink3, fontSize: 11, hideOverlap: true, formatter: format },
    splitLine: { lineStyle: { color: palette.hairline, width: 1 } },
  };
}

export const still: Option = { animation: false };

/** Rough width of a label in 12 px type, with room to spare, so that what fits is not cut short: wide signs count double. */
export function textWidth(text: string): number {
  let width = 0;
  for (const sign of text) width += sign.charCodeAt(0) > 0x2e80 ? 12 : 6.6;
  return Math.ceil(width) + 3;
}
