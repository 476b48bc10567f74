import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Period } from "@/api";
import { Button, DateRangePicker, Icon, Popover } from "@/ui";
import { dayjs } from "@/ui/dayjs";
import { useFormat } from "./format";
import styles from "./period.module.css";
import { readPeriod, usePeriod, writePeriod } from "./place";
import bar from "./shell.module.css";

const CHOICES = ["1day", "7day", "14day", "30day", "90day", "180day", "12week", "12month"] as const;

/** The name of a period in words. */
export function usePeriodName() {
  const { t } = useTranslation("shell");
  const { day } = useFormat();
  return (period: Period) =>
    "from" in period
      ? `${day(period.from, false)} – ${day(period.to, false)}`
      : period.last === 1
        ? t(`period.this.${period.unit ?? "day"}`)
        : t(`period.${period.unit ?? "day"}`, { count: period.last });
}

export function PeriodPicker() {
  const { t } = useTranslation("shell");
  const { period, setPeriod } = usePeriod();
  const { today } = useFormat();
  const name = usePeriodName();
  const [open, setOpen] = useState(false);
  const choose = (next: Period) => {
    setPeriod(next);
    setOpen(false);
  };
  const body = (
    <div className={styles.body}>
      <ul className={styles.choices}>
        {CHOICES.map((key) => (
          <li key={key}>
            <Button
              type={key === writePeriod(period) ? "primary" : "text"}
              block
              className={styles.choice}
              onClick={() => choose(readPeriod(key))}
            >
              {name(readPeriod(key))}
            </Button>
          </li>
        ))}
      </ul>
      <DateRangePicker
        value={"from" in period ? [dayjs(period.from), dayjs(period.to)] : null}
        maxDate={dayjs(today())}
        allowClear={false}
        aria-label={t("period.custom")}
        onChange={(range) =>
          range?.[0] &&
          range[1] &&
          choose({ from: range[0].format("YYYY-MM-DD"), to: range[1].format("YYYY-MM-DD") })
        }
      />
    </div>
  );
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      open={open}
      onOpenChange={setOpen}
      content={body}
    >
      <button type="button" className={bar.quiet} aria-label={t("period.title")} aria-expanded={open}>
        <Icon name="calendar" />
        {name(period)}
        <Icon name="down" size={12} />
      </button>
    </Popover>
  );
}
