import type { RfmCell, RfmCuts, RfmGroup, RfmMove } from "@/api/questions";
import type { Look, TableCell, TableModel } from "@/charts";
import type { Say } from "@/editors";

export const SEGMENTS = [
  "key_value",
  "key_keep",
  "key_develop",
  "key_win_back",
  "value",
  "keep",
  "develop",
  "win_back",
] as const;
export type Segment = (typeof SEGMENTS)[number];
const SHADES = 6;

/** 0…5 on the ramp by share of the largest; null for nothing. */
export function shadeOf(value: number, most: number): number | null {
  return value <= 0 || most <= 0 ? null : Math.min(SHADES - 1, Math.floor((value / most) * SHADES));
}

/** A row a segment: who they are, what they bring, what to do with them. */
export function segmentTable(
  group: RfmGroup,
  colours: readonly string[],
  look: Look,
  say: Say,
): TableModel<RfmCell> {
  const { figure, percent } = look.say;
  const right = (title: string) => ({ title, align: "right" as const });
  return {
    caption: say("table.segments"),
    columns: [
      { title: say("table.segment") },
      right(say("table.people")),
      right(say("table.share")),
      right(say("table.revenue")),
      right(say("table.revenue_share")),
      right(say("table.recency")),
      right(say("table.frequency")),
      right(say("table.value")),
      { title: say("table.advice") },
    ],
    rows: group.segments.map((one, at) => {
      const name = say(`segment.${one.segment}`);
      const plain = (raw: number | null, text: string): TableCell<RfmCell> => ({ raw, text });
      return [
        { text: name, raw: name, colour: colours[at] ?? "" },
        {
          text: figure(one.people, "number"),
          raw: one.people,
          cell: { segment: one.segment, group: group.group },
          title: name,
        },
        plain(one.share, percent(one.share)),
        plain(one.revenue, figure(one.revenue, "money")),
        plain(one.revenue_share, percent(one.revenue_share)),
        plain(one.recency, one.recency === null ? "–" : figure(one.recency, "ratio")),
        plain(one.frequency, one.frequency === null ? "–" : figure(one.frequency, "ratio")),
        plain(one.value, one.value === null ? "–" : figure(one.value, "money")),
        { text: say(`advice.${one.segment}`), raw: say(`advice.${one.segment}`), tone: "quiet" as const },
      ];
    }),
  };
}

/** Levels of recency down, of frequency across; of one level of money or of all (null). */
export function gridTable(
  group: RfmGroup,
  cuts: RfmCuts,
  monetary: number | null,
  look: Look,
  say: Say,
): TableModel<RfmCell> {
  const rows = Array.from({ length: cuts.recency.length + 1 }, (_, at) => cuts.recency.length + 1 - at);
  const columns = Array.from({ length: cuts.frequency.length + 1 }, (_, at) => at + 1);
  const people = (recency: number, frequency: number) =>
    group.grid
      .filter((box) => box.recency === recency && box.frequency === frequency)
      .filter((box) => monetary === null || box.monetary === monetary)
      .reduce((sum, box) => sum + box.people, 0);
  const most = Math.max(0, ...rows.flatMap((row) => columns.map((column) => people(row, column))));
  return {
    caption: say("table.grid"),
    columns: [
      { title: say("table.grid_corner") },
      ...columns.map((column) => ({
        title: span("f", column, cuts.frequency, look, say),
        align: "right" as const,
      })),
    ],
    rows: rows.map((row) => {
      const name = span("r", row, cuts.recency, look, say);
      return [
        { text: name, raw: name },
        ...columns.map((column): TableCell<RfmCell> => {
          const n = people(row, column);
          return {
            text: n ? look.say.figure(n, "number") : "",
            raw: n,
            shade: shadeOf(n, most),
            cell: n ? { recency: row, frequency: column, monetary, group: group.group } : undefined,
            title: `R${row} F${column}${monetary === null ? "" : ` M${monetary}`}`,
          };
        }),
      ];
    }),
  };
}

/** What a level means: "R5 · ≤ 4 days". */
export function span(
  dimension: "r" | "f" | "m",
  level: number,
  cuts: readonly number[],
  look: Look,
  say: Say,
): string {
  const cut = level === 1 ? cuts[0] : cuts[level - 2];
  const head = `${dimension.toUpperCase()}${level}`;
  if (cut === undefined) return head;
  const n = look.say.figure(cut, dimension === "m" ? "money" : "number");
  return `${head} · ${say(`level.${dimension}_${level === 1 ? "below" : "from"}`, { n })}`;
}

/** From the segments of the period before (down) to those of now (across). */
export function movesTable(moves: readonly RfmMove[], look: Look, say: Say): TableModel<RfmCell> {
  const names = [...SEGMENTS, "none"] as const;
  const count = new Map(moves.map((one) => [`${one.before}/${one.now}`, one.people]));
  const most = Math.max(0, ...moves.map((one) => one.people));
  return {
    caption: say("table.moves"),
    columns: [
      { title: say("table.moves_corner") },
      ...names.map((name) => ({ title: say(`segment.${name}`), align: "right" as const })),
    ],
    rows: names.map((before) => [
      { text: say(`segment.${before}`), raw: say(`segment.${before}`) },
      ...names.map((now): TableCell<RfmCell> => {
        const n = count.get(`${before}/${now}`) ?? 0;
        return {
          text: n ? look.say.figure(n, "number") : "",
          raw: n,
          shade: shadeOf(Math.sqrt(n), Math.sqrt(most)),
          cell: n ? { before, segment: now } : undefined,
          title: say("moves.title", { before: say(`segment.${before}`), now: say(`segment.${now}`) }),
        };
      }),
    ]),
  };
}
