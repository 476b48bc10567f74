import type { Language } from "./number";

/** What the time of an event says by itself: properties that every event has and nobody sends. */
export const MOMENTS: Readonly<Record<string, "number" | "flag">> = {
  $hour: "number",
  $weekday: "number",
  $working_day: "flag",
};

/** The values of one of them that are picked by name. */
export function momentValues(property: string): readonly number[] | null {
  return property === "$weekday" ? [1, 2, 3, 4, 5, 6, 7] : null;
}

/** How many values a split by these must name so that none falls under "other". */
export function momentSize(property: string): number {
  return property === "$hour" ? 24 : 7;
}

/** What a value is called; undefined where the property is none of them. */
export function momentWords(
  property: string,
  value: string | number | boolean,
  language: Language,
  say: (key: string) => string,
): string | undefined {
  if (property === "$working_day") return say(value === true ? "moment.working" : "moment.off");
  if (property === "$hour" && typeof value === "number") return `${String(value).padStart(2, "0")}:00`;
  if (property !== "$weekday" || typeof value !== "number") return undefined;
  // 5 January 1970 was a Monday, day 1 of ISO 8601.
  const day = new Date(Date.UTC(1970, 0, 4 + value));
  return new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(day);
}
