import type { Language } from "./number";
import { UNKNOWN } from "./number";

type Moment = string | number | Date | null | undefined;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  let found = formats.get(key);
  if (!found)
    formats.set(key, (found = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, options)));
  return found;
}

function read(moment: Moment): Date | null {
  if (moment === null || moment === undefined || moment === "") return null;
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** The calendar day of a moment in a zone: 2026-11-21. */
export function dayOf(moment: Moment, zone: string): string {
  const date = read(moment);
  if (!date) return UNKNOWN;
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(date);
}

/** A calendar day as people write it: 11月21日 周六, Sat 21 Nov; the year only where it is not this one. */
export function day(text: string, language: Language, today: string, weekday = true): string {
  const date = read(`${text.slice(0, 10)}T00:00:00Z`);
  if (!date) return UNKNOWN;
  const year = text.slice(0, 4) === today.slice(0, 4) ? undefined : ("numeric" as const);
  const options: Intl.DateTimeFormatOptions = { timeZone: "UTC", day: "numeric", year };
  if (weekday) options.weekday = "short";
  options.month = language === "en" ? "short" : "long";
  return format(language, options)
    .format(date)
    .replace(",", "")
    .replace(/日(?=[周星])/, "日 ");
}

/** Hour and minute in a zone: 14:05; with seconds when asked. */
export function clock(moment: Moment, zone: string, seconds = false): string {
  const date = read(moment);
  if (!date) return UNKNOWN;
  return format("en", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    second: seconds ? "2-digit" : undefined,
    hourCycle: "h23",
  }).format(date);
}

/** Day and time in a zone: 2026-11-21 14:05. */
export function stamp(moment: Moment, zone: string): string {
  const date = read(moment);
  return date ? `${dayOf(date, zone)} ${clock(date, zone)}` : UNKNOWN;
}

/** The last millisecond of a calendar day in a zone, as an ISO moment. */
export function endOfDay(day: string, zone: string): string {
  const wall = Date.parse(`${day}T23:59:59.999Z`);
  const ahead = (moment: number) =>
    Date.parse(`${dayOf(moment, zone)}T${clock(moment, zone, true)}.999Z`) - moment;
  const near = wall - ahead(wall);
  return new Date(wall - ahead(near)).toISOString();
}

/** How long ago: 3 分钟前, 3 minutes ago. */
export function ago(moment: Moment, language: Language, now: number): string {
  const date = read(moment);
  if (!date) return UNKNOWN;
  const seconds = (date.getTime() - now) / 1000;
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const size = Math.abs(seconds);
  if (size < 60) return spaced(relative.format(Math.round(seconds), "second"));
  if (size < 3600) return spaced(relative.format(Math.round(seconds / 60), "minute"));
  if (size < 86_400) return spaced(relative.format(Math.round(seconds / 3600), "hour"));
  if (size < 86_400 * 60) return spaced(relative.format(Math.round(seconds / 86_400), "day"));
  return spaced(relative.format(Math.round(seconds / 86_400 / 30), "month"));
}

/** A thin gap between a number and the Chinese word after it. */
function spaced(text: string): string {
  return text.replace(/(\d)(?=[\u4e00-\u9fff])/, "$1 ");
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** A length of time in its two largest units: 1 天 4 小时, 3 min 20 sec. */
export function duration(seconds: number | null | undefined, language: Language): string {
  if (typeof seconds !== "number" || !Number.isFinite(seconds)) return UNKNOWN;
  const whole = Math.round(seconds);
  const first = UNITS.findIndex(([, size]) => whole >= size);
  if (first < 0) return unit(0, "second", language);
  const [name, size] = UNITS[first]!;
  const count = Math.floor(whole / size);
  const next = UNITS[first + 1];
  const rest = next ? Math.floor((whole - count * size) / next[1]) : 0;
  const head = unit(count, name, language);
  return next && rest > 0 ? `${head} ${unit(rest, next[0], language)}` : head;
}

function unit(count: number, name: "day" | "hour" | "minute" | "second", language: Language): string {
  const options = { style: "unit", unit: name, unitDisplay: language === "en" ? "short" : "long" } as const;
  return spaced(new Intl.NumberFormat(language, options).format(count).replace("秒钟", "秒"));
}
