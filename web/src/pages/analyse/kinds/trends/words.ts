import type { Answer, Compared, TrendsCell, TrendsLine } from "@/api/questions";
import { lineKey } from "@/charts/trends";
import { didWords, measureWords, periodWords, stepWords } from "@/editors";
import { difference, joined } from "@/pages/analyse/words";
import type { Line, Slot, Voices } from "@/pages/analyse/words";

/** The series as such, without a split. */
export function wholeLines(answer: Answer<"trends">): TrendsLine[] {
  const seen = new Map<number, TrendsLine>();
  for (const line of answer.result.lines) {
    if (line.group === null || !seen.has(line.series)) {
      if (
        line.group === null ||
        !answer.result.lines.some((o) => o.series === line.series && o.group === null)
      ) {
        seen.set(line.series, line);
      }
    }
  }
  return [...seen.values()];
}

export function trendsLine(answer: Answer<"trends">, voices: Voices): Line<TrendsCell> {
  const { editing, look } = voices;
  const { say } = editing;
  const line = answer.result.lines.find((each) => each.group === null) ?? null;
  if (!line) return { text: "", slots: {} };
  const series = answer.params.series[line.series];
  const period = periodWords(answer.params.period ?? { last: 30 }, editing);
  const figure: Slot<TrendsCell> = {
    text: look.say.figure(line.total, line.format),
    title: line.name,
    ...(line.opens ? { cell: { series: line.series, bucket: null, group: null } } : {}),
  };
  const kind = series?.measure?.kind ?? "count";
  const head: Line<TrendsCell> = {
    text:
      series && (kind === "people" || kind === "count" || kind === "sessions" || kind === "first_time")
        ? say(`line.trends_${kind}`, {
            did: didWords(series.step, editing),
            step: stepWords(series.step, editing),
            period,
          })
        : say("line.trends_of", {
            name: series
              ? say("line.measure_of", {
                  measure: measureWords(series.measure, editing),
                  step: stepWords(series.step, editing),
                })
              : line.name,
            period,
          }),
    slots: { n: figure },
  };
  const compared = answer.comparisons[0] as Compared<"trends"> | undefined;
  const then = compared?.result.lines.find((each) => lineKey(each) === lineKey(line))?.total;
  const against =
    compared && line.total !== null && then
      ? difference<TrendsCell>(line.total / then - 1, "share", { compared, asked: answer.params }, voices)
      : null;
  const open = answer.result.incomplete.some(Boolean) && answer.params.grain !== "total" && against !== null;
  return joined([
    head,
    against,
    { text: say("line.stop"), slots: {} },
    open ? { text: say("line.unfinished"), slots: {} } : null,
    line.unusual?.length ? { text: say("line.unusual", { count: line.unusual.length }), slots: {} } : null,
    typeof line.error === "number" && line.ahead?.length
      ? {
          text: say("line.forecast_error", {
            share: look.say.percent(line.error),
            count: answer.params.forecast ?? 0,
          }),
          slots: {},
        }
      : null,
  ]);
}
