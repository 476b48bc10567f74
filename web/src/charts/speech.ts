import { day, duration, exact, money, moneyShort, percent, short } from "@/format";
import type { Language } from "@/format";
import { OTHER } from "@/api/questions";
import type { GroupLabel, Grain } from "@/api/questions";
import type { Format, Speech } from "./look";

export type Say = (key: string, values?: Record<string, string | number>) => string;

export interface SpeechSettings {
  language: Language;
  currency: string;
  /** Today in the project's zone, so that this year goes without saying. */
  today: string;
  say: Say;
  /** What one value of a group is called; by default itself. */
  value?: (value: string | number | boolean, at: number) => string | undefined;
}

/** The start of a bucket, as wall-clock text of the project's zone. */
export function bucketName(start: string, grain: Grain, language: Language, today: string): string {
  const date = start.slice(0, 10);
  const clock = start.slice(11, 16);
  if (grain === "hour" || grain === "minute") {
    const here = date === today ? "" : `${day(date, language, today, false)} `;
    return `${here}${clock}`;
  }
  if (grain === "month") {
    const moment = new Date(`${date}T00:00:00Z`);
    const year = date.slice(0, 4) === today.slice(0, 4) ? undefined : ("numeric" as const);
    return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
      timeZone: "UTC",
      month: "short",
      year,
    }).format(moment);
  }
  return day(date, language, today, grain === "day");
}

export function speech({ language, currency, today, say, value }: SpeechSettings): Speech {
  const one = (entry: string | number | boolean | null, at: number): string => {
    if (entry === null) return say("group.unset");
    if (entry === OTHER) return say("group.other");
    const called = value?.(entry, at);
    if (called !== undefined) return called;
    if (typeof entry === "boolean") return say(entry ? "group.yes" : "group.no");
    return typeof entry === "number" ? exact(entry, language) : entry;
  };
  return {
    figure: (figure: number | null, format: Format) => {
      if (format === "percent") return percent(figure, language);
      if (format === "money") return money(figure, currency, language);
      if (format === "seconds") return duration(figure, language);
      if (format === "ratio") return exact(figure, language, 2);
      return exact(figure, language);
    },
    short: (figure: number, format: Format) => {
      if (format === "percent")
        return percent(figure, language, figure !== 0 && Math.abs(figure) < 0.05 ? 1 : 0);
      if (format === "money") return moneyShort(figure, currency, language);
      if (format === "seconds") return duration(figure, language);
      if (format === "ratio") return exact(figure, language, 2);
      return short(figure, language);
    },
    percent: (rate) => percent(rate, language),
    duration: (seconds) => duration(seconds, language),
    bucket: (start, grain) => bucketName(start, grain, language, today),
    group: (label: GroupLabel | null) => (label === null ? say("group.all") : label.map(one).join(" · ")),
    word: say,
  };
}
