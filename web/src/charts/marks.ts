import type { Note } from "@/api";
import type { Grain } from "@/api/questions";
import type { Palette } from "@/ui/tokens";
import type { ChartOption as Option } from "./Chart";
import { escapeHtml, faded } from "./look";
import { occasions } from "./occasions";

/** The buckets along a chart's axis: their starts as wall-clock text of the project, and how long each is. */
export interface TimeAxis {
  starts: readonly string[];
  grain: Exclude<Grain, "total">;
}

/** A note and the buckets it touches, from the first to the last. */
export interface PlacedNote {
  note: Note;
  at: number;
  to: number;
}

/** The notes that begin at one place of a chart. */
export interface Mark {
  at: number;
  notes: Note[];
}

export interface MarkWords {
  /** When a note holds: 11 Nov, 11 Nov – 13 Nov. */
  when: (note: Note) => string;
  word: (key: string, values?: Record<string, string | number>) => string;
}

/** Notes of one bucket that its tooltip says in full. */
const SAID = 4;
const wall = (text: string) => (text.length === 10 ? `${text}T00:00` : text.slice(0, 16));
const lastOf = (text: string) => (text.length === 10 ? `${text}T23:59` : text);

/** By when they begin, then by when they were said. */
const order = (note: Note) => `${wall(note.on)} ${note.created_at}`;

/** The wall-clock text a bucket ends before. */
function endOf(start: string, grain: TimeAxis["grain"]): string {
  const date = new Date(`${wall(start)}Z`);
  if (grain === "month") date.setUTCMonth(date.getUTCMonth() + 1, 1);
  else if (grain === "week") date.setUTCDate(date.getUTCDate() + 7);
  else if (grain === "day") date.setUTCDate(date.getUTCDate() + 1);
  else date.setTime(date.getTime() + (grain === "hour" ? 3_600_000 : 60_000));
  return date.toISOString().slice(0, 16);
}

/** The days a chart covers; null where it has no buckets. */
export function daysOf({ starts, grain }: TimeAxis): { from: string; to: string } | null {
  const [first] = starts;
  const last = starts.at(-1);
  if (!first || !last) return null;
  const end = new Date(Date.parse(`${endOf(last, grain)}Z`) - 60_000).toISOString();
  return { from: first.slice(0, 10), to: end.slice(0, 10) };
}

/** The notes that touch a chart's buckets, in their order; the others are left out. */
export function placed(notes: readonly Note[], { starts, grain }: TimeAxis): PlacedNote[] {
  const spans = starts.map((start, at) => {
    const next = starts[at + 1];
    const end = endOf(start, grain);
    return { start: wall(start), end: next !== undefined && wall(next) < end ? wall(next) : end };
  });
  return notes
    .map((note) => {
      const [first, last] = [wall(note.on), lastOf(note.to ?? note.on)];
      const touched = ({ start, end }: { start: string; end: string }) => start <= last && first < end;
      return { note, at: spans.findIndex(touched), to: spans.findLastIndex(touched) };
    })
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at || order(a.note).localeCompare(order(b.note)));
}

/** One mark for all notes that begin at one bucket, or closer to the mark before than `apart`. */
export function folded(
  notes: readonly PlacedNote[],
  apart = 1,
  placeOf: (at: number) => number = (at) => at,
): Mark[] {
  const marks: Mark[] = [];
  for (const { note, at } of notes) {
    const last = marks.at(-1);
    if (last && placeOf(at) - placeOf(last.at) < apart) last.notes.push(note);
    else marks.push({ at, notes: [note] });
  }
  return marks;
}

/** What a tooltip says of a bucket's notes. Tooltips are HTML: whatever a person wrote is escaped. */
export function notesTip(
  notes: readonly Note[],
  grain: TimeAxis["grain"],
  { when, word }: MarkWords,
): string {
  if (notes.length === 0) return "";
  const lines = notes.slice(0, SAID).map((note) => {
    const plain = grain === "day" && note.to === null && note.on.length === 10;
    const head = plain ? "" : `<b>${escapeHtml(when(note))}</b> `;
    return `<p>${head}${escapeHtml(note.text)}</p>`;
  });
  const rest = notes.length - SAID;
  if (rest > 0) lines.push(`<p>${escapeHtml(word("notes:more", { count: rest }))}</p>`);
  return `<div class="tw-tip tw-tip-notes">${lines.join("")}</div>`;
}

interface Series {
  markLine?: { data?: object[] };
}
type Formatter = (points: { dataIndex: number }[]) => string;

/** A chart over time with the days a shop knows named above it, and its notes: a line each, shaded while they last. */
export function withMarks(
  option: Option,
  time: TimeAxis,
  notes: readonly PlacedNote[],
  look: { palette: Palette; compact: boolean; words: MarkWords },
): Option {
  const { palette, compact, words } = look;
  const series = (Array.isArray(option.series) ? option.series : []) as Series[];
  const [first] = series;
  if (!first) return option;
  const named = time.grain === "day" && !compact ? occasions(time.starts) : [];
  if (named.length + notes.length === 0) return option;
  const lines = [
    ...named.map(({ date, key }) => ({
      xAxis: time.starts.indexOf(date),
      lineStyle: { color: palette.edge, type: "solid", width: 1 },
      label: { show: true, formatter: words.word(`occasion.${key}`) },
    })),
    ...folded(notes).map(({ at }) => ({
      xAxis: at,
      lineStyle: { color: palette.ink3, type: [2, 3], width: 1 },
      label: { show: false },
    })),
  ];
  const lasting = notes.filter(({ at, to }) => to > at && to - at + 1 < time.starts.length);
  const marked = {
    ...first,
    markLine: {
      silent: true,
      symbol: "none",
      label: { color: palette.ink3, fontSize: 11, position: "end", distance: 4 },
      data: lines,
    },
    ...(lasting.length > 0
      ? {
          markArea: {
            silent: true,
            itemStyle: { color: faded(palette.ink3, 0.08) },
            data: lasting.map(({ at, to }) => [{ xAxis: at }, { xAxis: to }]),
          },
        }
      : {}),
  };
  const grid = option.grid as { top?: number } | undefined;
  const tooltip = option.tooltip as { formatter?: Formatter } | undefined;
  const own = tooltip?.formatter;
  return {
    ...option,
    grid: named.length > 0 ? { ...grid, top: Math.max(24, grid?.top ?? 0) } : grid,
    tooltip:
      own && notes.length > 0
        ? {
            ...tooltip,
            formatter: (points: { dataIndex: number }[]) => {
              const bucket = points[0]?.dataIndex ?? -1;
              const here = notes.filter(({ at, to }) => at <= bucket && bucket <= to);
              return (
                own(points) +
                notesTip(
                  here.map(({ note }) => note),
                  time.grain,
                  words,
                )
              );
            },
          }
        : tooltip,
    series: [marked, ...series.slice(1)],
  };
}
