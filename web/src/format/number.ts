/** Numbers as people read them: 1.2 万 / 3.4 亿 in Chinese, 12K / 340M in English, "–" for unknown. */

export type Language = "zh-CN" | "en";
export const UNKNOWN = "–";
const MINUS = "−";

const formats = new Map<string, Intl.NumberFormat>();
function format(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = language + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.NumberFormat(language, options)));
  return found;
}

function known(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** All digits: 17,032; at most `digits` after the point. */
export function exact(value: number | null | undefined, language: Language, digits = 2): string {
  if (!known(value)) return UNKNOWN;
  const text = format(language, { maximumFractionDigits: digits }).format(value);
  return text === "-0" ? "0" : text.replace("-", MINUS);
}

const STEPS: Record<Language, readonly (readonly [number, string])[]> = {
  "zh-CN": [
    [1e8, " 亿"],
    [1e4, " 万"],
  ],
  en: [
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "K"],
  ],
};

/** Short: 9,876 stays whole, 12,345 is "1.2 万" or "12K", 1,234,567 is "123 万" or "1.2M". */
export function short(value: number | null | undefined, language: Language): string {
  if (!known(value)) return UNKNOWN;
  const size = Math.abs(value);
  const whole = size >= 100 ? 0 : 2;
  if (size < 10_000) return exact(value, language, whole);
  for (const [unit, name] of STEPS[language]) {
    // A step is taken early where rounding would reach it: 99,999,999 is "1 亿", not "10,000 万".
    const digits = size / unit >= 99.95 ? 0 : 1;
    const rounded = Number((size / unit).toFixed(digits));
    if (rounded >= 1) {
      const text = format(language, { maximumFractionDigits: digits }).format(rounded);
      return `${value < 0 ? MINUS : ""}${text}${name}`;
    }
  }
  return exact(value, language, whole);
}

/** A share of one as a percentage to one decimal: 0.1234 is 12.3%. */
export function percent(value: number | null | undefined, language: Language, digits = 1): string {
  if (!known(value)) return UNKNOWN;
  const text = format(language, {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const least = 0.5 / 10 ** (digits + 2);
  return text.format(Math.abs(value) < least ? 0 : value).replace("-", MINUS);
}

/** A relative change with its sign: +12.3%, −4.0%. */
export function change(value: number | null | undefined, language: Language): string {
  if (!known(value)) return UNKNOWN;
  const rounded = Math.round(value * 1000) / 1000;
  if (rounded === 0) return percent(0, language);
  return `${rounded > 0 ? "+" : ""}${percent(rounded, language)}`;
}

/** A difference of two shares in percentage points: +1.2 个百分点, +1.2 pp. */
export function points(value: number | null | undefined, language: Language): string {
  if (!known(value)) return UNKNOWN;
  const rounded = Math.round(value * 1000) / 10;
  const text = format(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(
    Math.abs(rounded),
  );
  const sign = rounded > 0 ? "+" : rounded < 0 ? MINUS : "";
  return `${sign}${text}${language === "zh-CN" ? " 个百分点" : " pp"}`;
}
