import { useTranslation } from "react-i18next";
import { useMetricSeries, useMetricValue } from "@/api";
import type { Period } from "@/api";
import { Failed, usePeriod, useProject } from "@/shell";
import { writePeriod } from "@/shell/place";
import { Bone, Change, Figure, Sparkline } from "@/ui";
import { useMetricWords } from "./figure";

/** So many points that a line can be read. */
function pace(period: Period): "day" | "week" | "month" {
  if ("last" in period) {
    const days = period.last * { hour: 1 / 24, day: 1, week: 7, month: 30 }[period.unit ?? "day"];
    return days > 366 ? "month" : days > 62 ? "week" : "day";
  }
  const days = (Date.parse(period.to) - Date.parse(period.from)) / 86_400_000;
  return days > 366 ? "month" : days > 62 ? "week" : "day";
}

/** A metric's value of the period at the top, its change, and its line. */
export function MetricFace({
  name,
  label,
  good,
}: {
  name: string;
  label: string;
  good?: "up" | "down" | undefined;
}) {
  const { t } = useTranslation("metrics");
  const project = useProject().id;
  const { period } = usePeriod();
  const text = writePeriod(period);
  const by = pace(period);
  const value = useMetricValue(project, name, text);
  const series = useMetricSeries(project, name, text, by);
  const words = useMetricWords();
  if (value.error) return <Failed error={value.error} retry={() => void value.refetch()} />;
  if (!value.data) return <Bone w="60%" h={40} />;
  const change = words.change(value.data);
  return (
    <>
      <Figure
        label={label}
        value={words.figure(value.data.value, value.data.format)}
        foot={change && <Change value={change.by} text={change.text} good={good} words={t("before")} />}
      />
      {series.data && (
        <Sparkline
          fluid
          height={72}
          values={series.data.points.map((point) => point.value)}
          label={t(`line.${by}`, { name: label })}
        />
      )}
    </>
  );
}
