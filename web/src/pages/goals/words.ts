import { useTranslation } from "react-i18next";
import type { GoalProgress, GoalRow } from "@/api";
import { useMetricWords } from "@/pages/metrics/figure";
import { useFormat, useNames } from "@/shell";
import { accountOf } from "./account";
import type { Account } from "./account";

export type RowFormat = GoalRow["format"];

/** What the parts of a goal are called, and how their figures read. */
export function useGoalWords() {
  const { t } = useTranslation("goals");
  const format = useFormat();
  const names = useNames();
  const { figure } = useMetricWords();

  const short = (value: number, kind: RowFormat): string => {
    if (kind === "money") return format.moneyShort(value);
    if (kind === "percent") return format.percent(value, 1);
    if (kind === "seconds") return format.duration(value);
    return Math.abs(value) < 100 && !Number.isInteger(value) ? format.exact(value, 2) : format.short(value);
  };
  const gain = (value: number, kind: RowFormat): string => {
    if (kind === "percent") return format.points(value);
    const text = short(Math.abs(value), kind);
    return value > 0 ? `+${text}` : value < 0 ? `−${text}` : text;
  };
  /** A part's title, or the value of the property it stands for in the one `above`. */
  const name = (row: GoalRow, above?: GoalRow): string => {
    if (row.title) return format.say(row.title);
    if (row.label) {
      const [label] = row.label;
      if (label === null || label === undefined) return t("unset");
      return above?.by === "channel" ? names.channel(String(label)) : String(label);
    }
    if (row.way === "residual" && above?.how === "split") return t("way.twice");
    return t(`way.${row.way as "rest" | "mix" | "residual"}`);
  };
  const progress = (one: GoalProgress, kind: RowFormat): string =>
    t(`progress.${one.state}`, {
      value: figure(one.value, kind),
      target: figure(one.target, kind),
      due: short(one.due, kind),
      part: format.percent(one.reached, 0),
    });
  /** Why the goal changed, in a sentence or two. */
  const sentence = (row: GoalRow): string => {
    const account = accountOf(row);
    if (!account) return t("account.unknown");
    const listed = (rows: Account["with"]) =>
      rows
        .map((one) => t("account.part", { name: name(one.row, row), gain: gain(one.gain, row.format) }))
        .join(t("account.and"));
    const values = {
      name: format.say(row.title ?? { en: "", zh: "" }),
      by: short(Math.abs(account.change), row.format),
      share: account.relative === null ? "" : t("account.share", { share: format.change(account.relative) }),
    };
    const said = [
      t(`account.${account.way}`, values),
      account.with.length > 0 && t("account.because", { parts: listed(account.with) }),
      account.against.length > 0 &&
        t(account.change >= 0 ? "account.held" : "account.carried", { parts: listed(account.against) }),
      account.left !== 0 && t("account.left", { gain: gain(account.left, row.format) }),
    ];
    return said.filter(Boolean).join(t("account.join")) + t("account.end");
  };
  return { figure, short, gain, name, progress, sentence };
}
