import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Button, DatePicker, Icon } from "@/ui";
import styles from "./home.module.css";
import { shiftDay } from "./day";
import { dayjs } from "@/ui/dayjs";

export function DayPicker({ day, today }: { day: string; today: string }) {
  const { t } = useTranslation("home");
  const [, setSearch] = useSearchParams();
  const show = (next: string) =>
    setSearch((before) => {
      const search = new URLSearchParams(before);
      if (next === today) search.delete("day");
      else search.set("day", next);
      return search;
    });
  const yesterday = shiftDay(today, -1);
  return (
    <div className={styles.day}>
      <Button type={day === yesterday ? "default" : "text"} onClick={() => show(yesterday)}>
        {t("yesterday")}
      </Button>
      <Button type={day === today ? "default" : "text"} onClick={() => show(today)}>
        {t("today")}
      </Button>
      <Button
        type="text"
        icon={<Icon name="left" />}
        aria-label={t("previousDay")}
        onClick={() => show(shiftDay(day, -1))}
      />
      <DatePicker
        value={dayjs(day)}
        allowClear={false}
        maxDate={dayjs(today)}
        aria-label={t("pickDay")}
        onChange={(next) => next && show(next.format("YYYY-MM-DD"))}
        style={{ width: 124 }}
      />
      <Button
        type="text"
        icon={<Icon name="right" />}
        aria-label={t("nextDay")}
        disabled={day >= today}
        onClick={() => show(shiftDay(day, 1))}
      />
    </div>
  );
}
