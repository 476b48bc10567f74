import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Bilingual } from "@/api";
import * as plain from "@/format";
import type { Language } from "@/format";
import { useProject } from "./place";

const HOUR = 3_600_000;

export function useLanguage(): Language {
  return useTranslation().i18n.language === "en" ? "en" : "zh-CN";
}

/** The formatters, bound to the language, currency and time zone in force. */
export function useFormat() {
  const language = useLanguage();
  const { currency, time_zone: zone } = useProject();
  return useMemo(
    () => ({
      language,
      zone,
      currency,
      exact: (value: number | null | undefined, digits?: number) => plain.exact(value, language, digits),
      short: (value: number | null | undefined) => plain.short(value, language),
      percent: (value: number | null | undefined, digits?: number) => plain.percent(value, language, digits),
      change: (value: number | null | undefined) => plain.change(value, language),
      points: (value: number | null | undefined) => plain.points(value, language),
      money: (minor: number | null | undefined) => plain.money(minor, currency, language),
      moneyShort: (minor: number | null | undefined) => plain.moneyShort(minor, currency, language),
      today: () => plain.dayOf(Date.now(), zone),
      day: (text: string, weekday?: boolean) =>
        plain.day(text, language, plain.dayOf(Date.now(), zone), weekday),
      dayOf: (moment: string | number) => plain.dayOf(moment, zone),
      clock: (moment: string | number, seconds?: boolean) => plain.clock(moment, zone, seconds),
      stamp: (moment: string | number | null) => plain.stamp(moment, zone),
      ago: (moment: string | number | null) => plain.ago(moment, language, Date.now()),
      isRecent: (moment: string | number) => Date.now() - new Date(moment).getTime() < HOUR,
      duration: (seconds: number | null | undefined) => plain.duration(seconds, language),
      say: (text: Bilingual) => (language === "en" ? text.en : text.zh),
    }),
    [language, currency, zone],
  );
}
