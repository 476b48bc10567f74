import type { Language } from "./number";

/** Time zones by IANA name; the commonest for our users come first. */
export function timeZones(): string[] {
  const first = ["Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "UTC"];
  return [...first, ...Intl.supportedValuesOf("timeZone").filter((zone) => !first.includes(zone))];
}

const CODES = [
  "CNY",
  "HKD",
  "TWD",
  "MOP",
  "SGD",
  "MYR",
  "JPY",
  "KRW",
  "THB",
  "VND",
  "USD",
  "EUR",
  "GBP",
  "AUD",
  "CAD",
];

export function currencies(language: Language): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(language, { type: "currency" });
  return CODES.map((value) => ({ value, label: `${value} · ${names.of(value) ?? value}` }));
}
