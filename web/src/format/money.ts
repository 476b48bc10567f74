import { UNKNOWN } from "./number";
import type { Language } from "./number";
import { short } from "./number";

/** Currencies without minor units; the server counts all others in hundredths. */
const WHOLE = new Set(["JPY", "KRW", "VND"]);

export function minorDigits(currency: string): number {
  return WHOLE.has(currency) ? 0 : 2;
}

function sign(currency: string, language: Language): string {
  const parts = new Intl.NumberFormat(language, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  }).formatToParts(0);
  return parts.find((part) => part.type === "currency")?.value ?? currency;
}

/** An amount of minor units in full: 29950 fen is ¥299.50, 30000 is ¥300. */
export function money(minor: number | null | undefined, currency: string, language: Language): string {
  if (typeof minor !== "number" || !Number.isFinite(minor)) return UNKNOWN;
  const digits = minorDigits(currency);
  const major = minor / 10 ** digits;
  const fraction = digits > 0 && Math.round(minor) % 10 ** digits !== 0 ? digits : 0;
  const text = new Intl.NumberFormat(language, {
    minimumFractionDigits: fraction,
    maximumFractionDigits: fraction,
  }).format(Math.abs(major));
  return `${minor < 0 ? "−" : ""}${sign(currency, language)}${text}`;
}

/** An amount of minor units, short: ¥1.2 万, ¥12K. Fen are shown only below ¥100. */
export function moneyShort(minor: number | null | undefined, currency: string, language: Language): string {
  if (typeof minor !== "number" || !Number.isFinite(minor)) return UNKNOWN;
  const major = minor / 10 ** minorDigits(currency);
  if (Math.abs(major) < 100) return money(minor, currency, language);
  return `${minor < 0 ? "−" : ""}${sign(currency, language)}${short(Math.abs(major), language)}`;
}
