import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { HomeReport } from "@/api";
import { Chart } from "@/charts";
import { useFormat } from "@/shell";
import { Section, Segmented, useTheme } from "@/ui";
import { hoursOption } from "./hours-option";
import type { HourMetric } from "./hours-option";

const METRICS: HourMetric[] = ["gmv", "visitors", "orders"];

export function Hours({ report, compare }: { report: HomeReport; compare: boolean }) {
  const { t } = useTranslation("home");
  const format = useFormat();
  const { palette } = useTheme();
  const [metric, setMetric] = useState<HourMetric>("gmv");
  const day = format.day(report.day, false);
  const compared = format.day(report.compared_day, false);
  const show = metric === "gmv" ? format.moneyShort : format.short;
  const option = useMemo(
    () =>
      hoursOption({
        report,
        running: report.day === format.today(),
        metric,
        compare,
        palette,
        day,
        compared,
        show,
      }),
    [report, format, metric, compare, palette, day, compared, show],
  );
  const time = useMemo(
    () => ({
      starts: report.hours.map(({ hour }) => `${report.day}T${String(hour).padStart(2, "0")}:00`),
      grain: "hour" as const,
    }),
    [report],
  );
  return (
    <Section
      title={t("hours")}
      note={compare ? t("hoursNote", { day, compared }) : undefined}
      extra={
        <Segmented<HourMetric>
          size="small"
          value={metric}
          onChange={setMetric}
          options={METRICS.map((value) => ({ value, label: t(`metric.${value}`) }))}
        />
      }
    >
      <Chart
        option={option}
        time={time}
        height={236}
        label={t("hoursLabel", { metric: t(`metric.${metric}`), day, compared })}
      />
      <table className="tw-hidden">
        <caption>{t(`metric.${metric}`)}</caption>
        <thead>
          <tr>
            <th>{t("hour")}</th>
            <th>{day}</th>
            <th>{compared}</th>
          </tr>
        </thead>
        <tbody>
          {report.hours.map((hour) => (
            <tr key={hour.hour}>
              <td>{hour.hour}</td>
              <td>{show(hour[metric])}</td>
              <td>{show(hour[`compared_${metric}`])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
