import type { GoalRow } from "@/api";

export interface Account {
  way: "more" | "less" | "same";
  change: number;
  /** Against the value before; null where that was nothing. */
  relative: number | null;
  /** The parts that moved it most, in its own direction and against it. */
  with: { row: GoalRow; gain: number }[];
  against: { row: GoalRow; gain: number }[];
  /** What no part explains, where it is worth a word. */
  left: number;
}

const MOST = 3;
/** A part below this share of the change goes unsaid. */
const LEAST = 0.05;

/** What there is to say about a goal's change; null where there is no change to speak of. */
export function accountOf(row: GoalRow): Account | null {
  const { change, previous } = row;
  if (change === null || change === undefined) return null;
  const size = Math.max(Math.abs(change), ...row.rows.map(({ gain }) => Math.abs(gain ?? 0)));
  const told = row.rows
    .filter(({ way }) => way !== "residual" && way !== "mix")
    .map((one) => ({ row: one, gain: one.gain ?? 0 }))
    .filter(({ gain }) => gain !== 0 && Math.abs(gain) >= size * LEAST)
    .sort((a, b) => Math.abs(b.gain) - Math.abs(a.gain));
  const forward = (gain: number) => (change >= 0 ? gain > 0 : gain < 0);
  const left = row.rows.find(({ way }) => way === "residual")?.gain ?? 0;
  return {
    way: change > 0 ? "more" : change < 0 ? "less" : "same",
    change,
    relative: previous ? change / Math.abs(previous) : null,
    with: told.filter(({ gain }) => forward(gain)).slice(0, MOST),
    against: told.filter(({ gain }) => !forward(gain)).slice(0, MOST),
    left: Math.abs(left) >= size * LEAST ? left : 0,
  };
}
