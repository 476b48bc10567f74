import type { Period } from "@/api/questions";
import { shiftDay } from "./describe";

interface Preset {
  /** A text key below `preset`, or `words` where the period says its own name. */
  key: string;
  period: Period;
}

/** The last one of a yearly campaign that has begun: from the first day of its warm-up to its last. */
function campaign(today: string, from: string, to: string): Period {
  const year = Number(today.slice(0, 4));
  const start = `${year}-${from}`;
  const held = start <= today ? year : year - 1;
  return { from: `${held}-${from}`, to: `${held}-${to}` };
}

export function presets(today: string): Preset[] {
  const yesterday = shiftDay(today, -1);
  const month = `${today.slice(0, 8)}01`;
  const lastOfPrevious = shiftDay(month, -1);
  return [
    { key: "words", period: { last: 1, unit: "day" } },
    { key: "words", period: { from: yesterday, to: yesterday } },
    { key: "words", period: { last: 7, unit: "day" } },
    { key: "words", period: { last: 14, unit: "day" } },
    { key: "words", period: { last: 30, unit: "day" } },
    { key: "words", period: { last: 90, unit: "day" } },
    { key: "words", period: { last: 1, unit: "month" } },
    { key: "last_month", period: { from: `${lastOfPrevious.slice(0, 8)}01`, to: lastOfPrevious } },
    { key: "words", period: { last: 12, unit: "week" } },
    { key: "d618", period: campaign(today, "05-25", "06-20") },
    { key: "d1111", period: campaign(today, "10-20", "11-11") },
  ];
}
