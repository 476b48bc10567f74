import { useTranslation } from "react-i18next";
import { useAnalyses, useMetrics } from "@/api";
import type { MetricDefinition, MetricValue } from "@/api";
import type { TrendsParams } from "@/api/questions";
import { measureWords, stepWords, useEditing } from "@/editors";
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

/** What a metric is made of, in short: its formula by titles, or what is counted, or the kind of question and the figure of it. */
export function useMeaning() {
  const { t } = useTranslation("metrics");
  const format = useFormat();
  const project = useProject().id;
  const { data } = useAnalyses(project);
  const metrics = useMetrics(project);
  const editing = useEditing();
  return ({ formula, question, figure }: MetricDefinition): string => {
    if (formula)
      return formula.replace(/[a-z][a-z0-9_]*/g, (word) => {
        const named = metrics.data?.find(({ name }) => name === word);
        return named ? format.say(named.definition.title) : word;
      });
    const series = question?.kind === "trends" && seriesOf(question.params, figure);
    if (series)
      return editing.say("line.measure_of", {
        step: stepWords(series.step, editing),
        measure: measureWords(series.measure, editing),
      });
    const kind = data?.find(({ name }) => name === question?.kind);
    return t("figureOf", { kind: kind ? format.say(kind.title) : question?.kind, figure });
  };
}

/** The series of a question about trends that a figure is of: A is the first. */
function seriesOf(params: Record<string, unknown>, figure: string | null | undefined) {
  const at = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".indexOf(figure ?? "");
  return figure?.length === 1 ? (params as Partial<TrendsParams>).series?.[at] : undefined;
}
