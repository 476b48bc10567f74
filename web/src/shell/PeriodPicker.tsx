import { useTranslation } from "react-i18next";
import type { Period } from "@/api";
import { Icon, Menu } from "@/ui";
import { useFormat } from "./format";
import { readPeriod, usePeriod, writePeriod } from "./place";
import styles from "./shell.module.css";

const CHOICES = ["1day", "7day", "14day", "30day", "90day", "180day", "12week", "12month"] as const;

/** The name of a period in words. */
export function usePeriodName() {
  const { t } = useTranslation("shell");
  const { day } = useFormat();
  return (period: Period) =>
    "from" in period
      ? `${day(period.from, false)} – ${day(period.to, false)}`
      : period.last === 1 && (period.unit ?? "day") === "day"
        ? t("period.today")
        : t(`period.${period.unit ?? "day"}`, { count: period.last });
}

export function PeriodPicker() {
  const { t } = useTranslation("shell");
  const { period, setPeriod } = usePeriod();
  const name = usePeriodName();
  return (
    <Menu
      trigger={["click"]}
      menu={{
        selectedKeys: [writePeriod(period)],
        items: CHOICES.map((key) => ({ key, label: name(readPeriod(key)) })),
        onClick: ({ key }) => setPeriod(readPeriod(key)),
      }}
    >
      <button type="button" className={styles.quiet} aria-label={t("period.title")}>
        <Icon name="calendar" />
        {name(period)}
        <Icon name="down" size={12} />
      </button>
    </Menu>
  );
}
