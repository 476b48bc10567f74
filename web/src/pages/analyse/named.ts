import type { Analysis, Answer, Measure } from "@/api/questions";
import type { Editing } from "@/editors";
import { measureWords, stepWords } from "@/editors";
import { isMoney } from "@/editors/names";

/** Whether a measure is an amount of money. */
function amount(measure: Measure | undefined): boolean {
  return isMoney(measure?.property) && measure?.kind !== "distinct";
}

/** The answer with its steps and lines called what the reader calls them. */
export function named<K extends Analysis>(answer: Answer<K>, editing: Editing): Answer<K> {
  const rename: { [A in Analysis]: (held: Answer<A>) => Answer<A> } = {
    funnel: (held) => {
      const names = held.params.steps.map((step) => stepWords(step, editing));
      const renamed = (result: Answer<"funnel">["result"]) => ({
        groups: result.groups.map((group) => ({
          ...group,
          steps: group.steps.map((step, at) => ({ ...step, name: names[at] ?? step.name })),
        })),
      });
      return {
        ...held,
        result: renamed(held.result),
        comparisons: held.comparisons.map((each) => ({ ...each, result: renamed(each.result) })),
      };
    },
    trends: (held) => {
      const { series, formulas = [] } = held.params;
      const same = new Set(series.map((each) => each.measure?.kind ?? "count")).size === 1;
      const names = [
        ...series.map((each) => {
          const step = stepWords(each.step, editing);
          return (
            each.name ||
            (same && series.length > 1 ? step : `${step} · ${measureWords(each.measure, editing)}`)
          );
        }),
        ...formulas.map((each) => each.name || each.expression),
      ];
      const renamed = (result: Answer<"trends">["result"]) => ({
        ...result,
        lines: result.lines.map((line) => ({
          ...line,
          name: names[line.series] ?? line.name,
          format: amount(series[line.series]?.measure) ? ("money" as const) : line.format,
        })),
      });
      return {
        ...held,
        result: renamed(held.result),
        comparisons: held.comparisons.map((each) => ({ ...each, result: renamed(each.result) })),
      };
    },
    retention: (held) => held,
  };
  return (rename[answer.kind] as (held: Answer<K>) => Answer<K>)(answer);
}
