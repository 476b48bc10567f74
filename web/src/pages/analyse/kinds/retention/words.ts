import type { Answer, Compared, RetentionCell, RetentionGroup } from "@/api/questions";
import { columnName } from "@/charts/retention";
import { didWords } from "@/editors";
import { difference, joined, significance } from "@/pages/analyse/words";
import type { Line, Voices } from "@/pages/analyse/words";

/** The periods people ask about: next day and week, next week and month … that have a figure. */
export function tellingPeriods(group: RetentionGroup, grain: "hour" | "day" | "week" | "month"): number[] {
  const wanted = { hour: [1, 6, 24], day: [1, 7, 30], week: [1, 4, 8], month: [1, 3, 6] }[grain];
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
