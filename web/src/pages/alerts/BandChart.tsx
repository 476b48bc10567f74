import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Chart } from "@/charts";
import { useMetricWords } from "@/pages/metrics/figure";
import { useFormat } from "@/shell";
import { useTheme } from "@/ui";
import { bandOption } from "./band";
import type { BandPoint } from "./band";
import type { ValueFormat } from "./words";

/** A metric's periods over the range in which nothing is told. */
export function BandChart({
  points,
  format,
  by,
  name,
  height = 200,
}: {
  points: readonly BandPoint[];
  format: ValueFormat;
  by: "hour" | "day" | "week" | "month";
  name: string;
  height?: number;
}) {
  const { t } = useTranslation("alerts");
  const say = useFormat();
  const { figure } = useMetricWords();
  const { palette } = useTheme();
  const option = useMemo(
    () =>
      bandOption(
        points,
        {
          day: (start) =>
            by === "hour"
              ? say.stamp(start)
              : by === "month"
                ? say.dayOf(start).slice(0, 7)
                : say.day(say.dayOf(start), by === "day"),
          figure: (value) => figure(value, format),
          short: (value) =>
            format === "money"
              ? say.moneyShort(value)
              : format === "percent"
                ? say.percent(value, 0)
                : say.short(value),
          value: t("value"),
          expected: t("expected"),
          range: t("chartRange"),
          news: (news) => t(`news.${news}`),
        },
        palette,
      ),
    [points, format, by, palette, say, figure, t],
  );
  const time = useMemo(
    () => ({ starts: points.map(({ start }) => say.stamp(start).replace(" ", "T")), grain: by }),
    [points, by, say],
  );
  return <Chart option={option} time={time} height={height} label={t("chart", { name })} />;
}
