import { useTranslation } from "react-i18next";
import type { HomeFigure, HomeHour, HomeReport } from "@/api";
import { useFormat, usePeopleDrawer } from "@/shell";
import { Change, Figure, Sparkline } from "@/ui";
import styles from "./home.module.css";

const HOURLY: Record<string, "visitors" | "orders" | "gmv"> = {
  visitors: "visitors",
  orders: "orders",
  gmv: "gmv",
};

export function Figures({ report, compare }: { report: HomeReport; compare: boolean }) {
  const { t } = useTranslation("home");
  return (
    <div className={styles.figures} role="group" aria-label={t("figures")}>
      {report.figures.map((figure) => (
        <KeyFigure key={figure.key} figure={figure} hours={report.hours} compare={compare} day={report.day} />
      ))}
      <NewAndReturning report={report} />
    </div>
  );
}

function KeyFigure({
  figure,
  hours,
  compare,
  day,
}: {
  figure: HomeFigure;
  hours: HomeHour[];
  compare: boolean;
  day: string;
}) {
  const { t } = useTranslation("home");
  const format = useFormat();
  const open = usePeopleDrawer();
  const show = { count: countOf(format), money: format.moneyShort, percent: format.percent }[figure.format];
  const title = format.say(figure.title);
  const hourly = HOURLY[figure.key];
  return (
    <div className={styles.cell}>
      <Figure
        label={title}
        value={show(figure.value)}
        onOpen={
          figure.open ? () => open({ ...figure.open!, title: `${title} · ${format.day(day)}` }) : undefined
        }
        openLabel={t("open")}
        foot={
          compare &&
          figure.compared !== null && (
            <span className={styles.foot}>
              {figure.change !== null && (
                <Change
                  value={figure.change}
                  text={
                    figure.format === "percent" ? format.points(figure.change) : format.change(figure.change)
                  }
                />
              )}
              <span className={styles.was}>{t("vs", { value: show(figure.compared) })}</span>
            </span>
          )
        }
      />
      {hourly && (
        <div className={styles.spark}>
          <Sparkline values={hours.map((hour) => hour[hourly])} fluid width={120} label={title} />
        </div>
      )}
    </div>
  );
}

/** A day's counts are shown to the last one while they fit. */
function countOf(format: ReturnType<typeof useFormat>) {
  return (value: number | null) =>
    value !== null && value < 100_000 ? format.exact(value) : format.short(value);
}

function NewAndReturning({ report }: { report: HomeReport }) {
  const { t } = useTranslation("home");
  const format = useFormat();
  const { new_people: fresh, returning_people: back } = report;
  if (fresh === null && back === null) return null;
  const all = (fresh ?? 0) + (back ?? 0);
  const share = all > 0 ? (fresh ?? 0) / all : null;
  return (
    <div className={styles.cell}>
      <Figure
        label={t("newReturning")}
        value={format.percent(share, 0)}
        foot={
          <span className={styles.foot}>
            <span className={styles.was}>
              {t("new")} {format.short(fresh)}
            </span>
            <span className={styles.was}>
              {t("returning")} {format.short(back)}
            </span>
          </span>
        }
      />
      {share !== null && (
        <div className={styles.split} aria-hidden="true">
          <span style={{ flex: share, background: "var(--accent)" }} />
          <span style={{ flex: 1 - share, background: "var(--edge)" }} />
        </div>
      )}
    </div>
  );
}
