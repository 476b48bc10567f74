/** Days a shop plans its year around, to be named on time charts. */
export interface Occasion {
  date: string;
  key: "cny" | "d38" | "d618" | "d1111" | "d1212";
}

const FIXED = { "03-08": "d38", "06-18": "d618", "11-11": "d1111", "12-12": "d1212" } as const;
const lunar = new Intl.DateTimeFormat("en-u-ca-chinese", {
  timeZone: "UTC",
  month: "numeric",
  day: "numeric",
});

/** The first day of the lunar year, by the calendar the browser knows. */
function isSpringFestival(date: Date): boolean {
  const month = date.getUTCMonth();
  return month <= 1 && lunar.format(date) === "1/1";
}

/** The occasions among calendar days ("2026-11-11…"), in their order. */
export function occasions(days: readonly string[]): Occasion[] {
  const found: Occasion[] = [];
  for (const start of days) {
    const date = start.slice(0, 10);
    const fixed = FIXED[date.slice(5) as keyof typeof FIXED];
    if (fixed) found.push({ date: start, key: fixed });
    else if (isSpringFestival(new Date(`${date}T00:00:00Z`))) found.push({ date: start, key: "cny" });
  }
  return found;
}
