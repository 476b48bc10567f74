import { useTranslation } from "react-i18next";
import { useFormat, useNames } from "@/shell";

const MONEY = new Set(["value", "gross_value", "price", "tax", "shipping", "discount", "refund_value"]);
const CHANNELS = /^(first_|sign_up_)?channel(_group)?$/;

/** A property's value as text: fen as money, flags as words, lists joined. */
export function useValueText() {
  const { t } = useTranslation("people");
  const format = useFormat();
  const names = useNames();
  return (name: string, value: unknown): string => {
    if (value === null || value === undefined) return "–";
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (typeof value === "number") {
      if (MONEY.has(name)) return format.money(value);
      // four digits may be a year, which has no thousands
      return Number.isInteger(value) && Math.abs(value) < 10_000 ? String(value) : format.exact(value, 4);
    }
    if (Array.isArray(value)) return value.join(format.language === "en" ? ", " : "、");
    if (CHANNELS.test(name) && typeof value === "string") return names.channel(value);
    if (typeof value === "string")
      return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? format.stamp(value) : value;
    return JSON.stringify(value);
  };
}
