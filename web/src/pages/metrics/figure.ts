import { useTranslation } from "react-i18next";
import { useAnalyses } from "@/api";
import type { MetricDefinition, MetricValue } from "@/api";
import { useFormat, useProject } from "@/shell";

/** How a metric's value reads, and its change against the period before: in points for rates, else a share. */
export function useMetricWords() {
  const format = useFormat();
  const figure = (value: number | null, kind: MetricValue["format"]): string => {
    if (value === null) return "–";
    if (kind === "money") return format.money(value);
    if (kind === "percent") return format.percent(value);
    if (kind === "seconds") return format.duration(value);
    return format.exact(value, Number.isInteger(value) ? 0 : 2);
  };
  const change = ({ value, previous, format: kind }: MetricValue) => {
    if (value === null || previous === null) return null;
    if (kind === "percent") return { by: value - previous, text: format.points(value - previous) };
    if (previous === 0) return null;
    const by = (value - previous) / Math.abs(previous);
    return { by, text: format.change(by) };
  };
  return { figure, change };
}

/** What a metric is made of, in short: its formula, or the kind of question and the figure of it. */
export function useMeaning() {
  const { t } = useTranslation("metrics");
  const format = useFormat();
  const { data } = useAnalyses(useProject().id);
  return ({ formula, question, figure }: MetricDefinition): string => {
    if (formula) return formula;
    const kind = data?.find(({ name }) => name === question?.kind);
    return t("figureOf", { kind: kind ? format.say(kind.title) : question?.kind, figure });
  };
}
