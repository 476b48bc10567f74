/** The answer in words: one sentence whose figures open, and what is said beside it. */
import { exact, points } from "@/format";
import type {
  Answer,
  Asked,
  Compared,
  FunnelCell,
  RetentionCell,
  RetentionGroup,
  Significance,
  TrendsCell,
  TrendsLine,
} from "@/api/questions";
import type { Look } from "@/charts";
import { columnName } from "@/charts/retention";
import { lineKey } from "@/charts/trends";
import type { Editing } from "@/editors";
import { didWords, measureWords, periodWords, stepWords, withinWords } from "@/editors";

export interface Slot<C> {
  text: string;
  cell?: C;
  title?: string;
  tone?: "up" | "down";
}
/** `text` holds `{marks}`; each is a slot. */
export interface Line<C> {
  text: string;
  slots: Record<string, Slot<C>>;
}

export interface Voices {
  editing: Editing;
  look: Pick<Look, "say">;
}

/** "the period before" where that is what was asked; the server's own words for anything else. */
function labelOf(compared: Compared, asked: Asked, { editing }: Voices): string {
  const first = asked.compare?.[0];
  if (first?.period === "previous" && !first.people) return editing.say("compare.previous_word");
  return editing.language === "en" ? compared.label.en : compared.label.zh;
}

/** Whether a difference can be told from chance, said plainly; "" where nobody tested it. */
export function significance(test: Significance | undefined, { editing }: Voices): string {
  if (!test) return "";
  const { say } = editing;
  return say(test.p_value < 0.05 ? "line.real" : "line.chance");
}

/** The interval behind that sentence. */
function interval<C>(test: Significance | undefined, { editing }: Voices): Line<C>[] {
  if (!test) return [];
  const { say, language } = editing;
  const p = test.p_value < 0.001 ? "< 0.001" : `= ${test.p_value.toFixed(test.p_value < 0.01 ? 3 : 2)}`;
  const text = say("line.interval", {
    low: points(test.low, language),
    high: points(test.high, language),
    p,
  });
  return [{ text, slots: {} }];
}

function tone(delta: number): "up" | "down" | undefined {
  return Math.abs(delta) < 0.0005 ? undefined : delta > 0 ? "up" : "down";
}

function difference<C>(
  delta: number,
  kind: "points" | "share",
  { compared, asked }: { compared: Compared; asked: Asked },
  voices: Voices,
): Line<C> {
  const { say, language } = voices.editing;
  const label = labelOf(compared, asked, voices);
  if (Math.abs(delta) < 0.0005) return { text: say("line.same", { label }), slots: {} };
  const amount =
    kind === "points"
      ? say("line.points", { n: exact(Math.abs(delta) * 100, language, 1) })
      : voices.look.say.percent(Math.abs(delta));
  const way = delta > 0 ? "more" : "less";
  return {
    text: say(`line.${way}_${kind}`, { label }),
    slots: { amount: { text: amount, tone: tone(delta) } as Slot<C> },
  };
}

function joined<C>(lines: (Line<C> | null)[]): Line<C> {
  const slots: Record<string, Slot<C>> = {};
  const text = lines
    .filter((line): line is Line<C> => line !== null && line.text !== "")
    .map((line, at) => {
      for (const [mark, slot] of Object.entries(line.slots)) slots[`${mark}${at}`] = slot;
      return line.text.replace(/\{(\w+)\}/g, (_, mark: string) => `{${mark}${at}}`);
    })
    .join("");
  return { text, slots };
}

export function funnelLine(answer: Answer<"funnel">, voices: Voices): Line<FunnelCell> {
  const { editing, look } = voices;
  const { say } = editing;
  const everyone = answer.result.groups.find((group) => group.group === null) ?? answer.result.groups[0];
  const steps = everyone?.steps ?? [];
  const first = steps[0];
  const last = steps.at(-1);
  const goal = answer.params.steps.at(-1);
  const start = answer.params.steps[0];
  if (!first || !last || !goal || !start) return { text: "", slots: {} };
  if (first.people === 0) {
    return { text: say("line.funnel_none", { did: didWords(start, editing) }), slots: {} };
  }
  const head: Line<FunnelCell> = {
    text: say("line.funnel", {
      did: didWords(goal, editing),
      start: didWords(start, editing),
      within: withinWords(answer.params.within, editing),
    }),
    slots: {
      n: {
        text: look.say.figure(last.people, "number"),
        cell: { step: steps.length, dropped: false },
        title: last.name,
      },
      of: {
        text: look.say.figure(first.people, "number"),
        cell: { step: 1, dropped: false },
        title: first.name,
      },
      rate: { text: look.say.percent(last.rate) },
    },
  };
  const compared = answer.comparisons[0] as Compared<"funnel"> | undefined;
  const then = compared?.result.groups.find((group) => group.group === null)?.steps.at(-1)?.rate;
  const against =
    compared && last.rate !== null && then !== null && then !== undefined
      ? difference<FunnelCell>(last.rate - then, "points", { compared, asked: answer.params }, voices)
      : null;
  const test = compared?.tests.find((each) => each.group === null);
  const sure: Line<FunnelCell> = { text: significance(test, voices), slots: {} };
  return joined([head, against, against && sure, { text: say("line.stop"), slots: {} }]);
}

/** What to look at next: the largest loss, and how long those who got there took. */
export function funnelNotes(answer: Answer<"funnel">, voices: Voices): Line<FunnelCell>[] {
  const { editing, look } = voices;
  const { say } = editing;
  const everyone = answer.result.groups.find((group) => group.group === null) ?? answer.result.groups[0];
  const steps = everyone?.steps ?? [];
  const notes: Line<FunnelCell>[] = [];
  if (steps.length > 2) {
    let worst = 1;
    steps.forEach((step, at) => {
      if (at > 0 && (step.rate_from_previous ?? 1) < (steps[worst]?.rate_from_previous ?? 1)) worst = at;
    });
    const from = steps[worst - 1];
    const to = steps[worst];
    if (from && to && from.dropped > 0) {
      notes.push({
        text: say("line.worst", { from: from.name, to: to.name }),
        slots: {
          n: {
            text: look.say.figure(from.dropped, "number"),
            cell: { step: worst, dropped: true },
            title: say("chart.dropped_after", { step: from.name }),
          },
          share: { text: look.say.percent(1 - (to.rate_from_previous ?? 0)) },
        },
      });
    }
  }
  if (everyone?.median_seconds !== null && everyone?.median_seconds !== undefined) {
    notes.push({
      text: say("line.median"),
      slots: { time: { text: look.say.duration(everyone.median_seconds) } },
    });
  }
  return [
    ...notes,
    ...interval<FunnelCell>(
      answer.comparisons[0]?.tests.find((each) => each.group === null),
      voices,
    ),
  ];
}

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
      series && (kind === "people" || kind === "count" || kind === "first_time")
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
  ]);
}

/** The periods people ask about: next day and week, next week and month … that have a figure. */
export function tellingPeriods(group: RetentionGroup, grain: "day" | "week" | "month"): number[] {
  const wanted = { day: [1, 7, 30], week: [1, 4, 8], month: [1, 3, 6] }[grain];
  const known = wanted.filter((at) => (group.mean[at]?.rate ?? null) !== null);
  if (known.length > 0) return known.slice(0, 2);
  const first = group.mean.findIndex((figure, at) => at > 0 && figure.rate !== null);
  return first > 0 ? [first] : [];
}

export function retentionLine(answer: Answer<"retention">, voices: Voices): Line<RetentionCell> {
  const { editing, look } = voices;
  const { say } = editing;
  const { params, result } = answer;
  const group = result.groups.find((each) => each.group === null) ?? result.groups[0];
  if (!group || group.people === 0) {
    return { text: say("line.retention_none", { did: didWords(params.start, editing) }), slots: {} };
  }
  const grain = params.grain ?? "day";
  const periods =
    params.mode === "brackets" ? group.mean.map((_, at) => at).slice(1, 3) : tellingPeriods(group, grain);
  const head: Line<RetentionCell> = {
    text: say(params.first_time ? "line.retention_first" : "line.retention", {
      start: didWords(params.start, editing),
      back: didWords(params.back, editing),
    }),
    slots: {
      n: {
        text: look.say.figure(group.people, "number"),
        cell: { cohort: null, period: null },
        title: say("table.all_cohorts"),
      },
    },
  };
  const at = (period: number) => {
    const column = result.columns[period] ?? "";
    return /^\d+$/.test(column)
      ? say(`at.${grain}`, { n: column })
      : say(`at.bracket_${grain}`, { n: column });
  };
  const rates = periods.map((period): Line<RetentionCell> => ({
    text: say(period === periods[0] ? "line.rate_at" : "line.and_rate_at", { column: at(period) }),
    slots: {
      rate: {
        text: look.say.percent(group.mean[period]?.rate ?? null),
        cell: { cohort: null, period },
        title: columnName(result.columns[period] ?? "", params, look),
      },
    },
  }));
  const compared = answer.comparisons[0] as Compared<"retention"> | undefined;
  const first = periods[0];
  const now = first === undefined ? null : (group.mean[first]?.rate ?? null);
  const before = compared?.result.groups.find((each) => each.group === null)?.mean;
  const then = first === undefined ? null : (before?.[first]?.rate ?? null);
  const against: Line<RetentionCell> | null =
    compared && now !== null && then !== null
      ? joined([
          difference<RetentionCell>(now - then, "points", { compared, asked: answer.params }, voices),
          {
            text: significance(
              compared.tests.find((each) => each.group === null),
              voices,
            ),
            slots: {},
          },
        ])
      : null;
  return joined([head, rates[0] ?? null, against, ...rates.slice(1), { text: say("line.stop"), slots: {} }]);
}
