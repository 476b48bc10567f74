import type { Measure, TrendsParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { measureWords, stepWords } from "@/editors";
import { isMoney } from "@/editors/names";
import { oneEvent } from "@/editors/question";
import { busiest } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { TrendsAnswer } from "./Answer";
import { TrendsQuestion } from "./Question";
import { trendsLine } from "./words";

/** Whether a measure is an amount of money. */
function amount(measure: Measure | undefined): boolean {
  return isMoney(measure?.property) && measure?.kind !== "distinct";
}

export default kit<"trends">({
  kind: "trends",
  Question: TrendsQuestion,
  Answer: TrendsAnswer,
  line: trendsLine,
  isEmpty: ({ result }) => result.lines.every((line) => !line.total && line.values.every((value) => !value)),
  reads: (held) => Array.isArray(held.series) && held.series.length > 0,
  first: (schema): TrendsParams => {
    const own = busiest(schema);
    const wanted = ["view_item", "purchase"].filter((name) => own.includes(name));
    const chosen = wanted.length > 0 ? wanted : own.slice(0, 2);
    const steps = chosen.length > 0 ? chosen : [ANY_EVENT];
    return { series: steps.map((event) => ({ step: oneEvent(event), measure: { kind: "people" } })) };
  },
  named: (held, editing) => {
    const { series, formulas = [] } = held.params;
    const same = new Set(series.map((each) => each.measure?.kind ?? "count")).size === 1;
    const names = [
      ...series.map((each) => {
        const step = stepWords(each.step, editing);
        return (
          each.name || (same && series.length > 1 ? step : `${step} · ${measureWords(each.measure, editing)}`)
        );
      }),
      ...formulas.map((each) => each.name || each.expression),
    ];
    const renamed = (result: typeof held.result) => ({
      ...result,
      lines: result.lines.map((line) => ({
        ...line,
        name: names[line.series] ?? line.name,
        format: amount(series[line.series]?.measure) ? ("money" as const) : line.format,
      })),
    });
    const whole = renamed(held.result);
    const called = (figures: typeof held.figures) =>
      figures.map((figure) => {
        const line = whole.lines.find(({ letter }) => letter === figure.name);
        return line ? { ...figure, title: { en: line.name, zh: line.name }, format: line.format } : figure;
      });
    return {
      ...held,
      result: whole,
      figures: called(held.figures),
      comparisons: held.comparisons.map((each) => ({
        ...each,
        result: renamed(each.result),
        figures: called(each.figures),
      })),
    };
  },
});
