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

/** Countries by name, the commonest for our users first, and their parts, such as DE-BY. */
export function regionsOf(codes: readonly string[], language: Language): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(language, { type: "region" });
  const first = ["CN", "HK", "MO", "TW", "SG", "JP", "KR", "US"].filter((code) => codes.includes(code));
  const rest = codes.filter((code) => !first.includes(code));
  return [...first, ...rest].map((value) => {
    const [country = value, part] = value.split("-");
    return { value, label: `${names.of(country) ?? country}${part ? ` · ${part}` : ""} (${value})` };
  });
}
