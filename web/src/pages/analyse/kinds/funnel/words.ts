import type { Answer, Compared, FunnelCell } from "@/api/questions";
import { didWords, withinWords } from "@/editors";
import { difference, interval, joined, significance } from "@/pages/analyse/words";
import type { Line, Voices } from "@/pages/analyse/words";

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
  const count = answer.params.count ?? "people";
  const head: Line<FunnelCell> = {
    text: say(`line.funnel.${count}`, {
      property: (answer.params.hold ?? [])
        .map((each) => editing.names.property(each.property, each.scope))
        .join(say("join.and")),
      did: didWords(goal, editing),
      start: didWords(start, editing),
      within: withinWords(answer.params.within, editing),
    }),
    slots: {
      n: {
        text: look.say.figure(last.count, "number"),
        cell: { step: steps.length, dropped: false },
        title: last.name,
      },
      of: {
        text: look.say.figure(first.count, "number"),
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
  const units = (answer.params.count ?? "people") !== "people";
  const required = steps.flatMap((step, at) => (step.optional ? [] : [{ step, at }]));
  if (required.length > 2) {
    let worst = 1;
    required.forEach(({ step }, at) => {
      if (at > 0 && (step.rate_from_previous ?? 1) < (required[worst]?.step.rate_from_previous ?? 1))
        worst = at;
    });
    const from = required[worst - 1];
    const to = required[worst];
    if (from && to && from.step.dropped > 0) {
      notes.push({
        text: say(units ? "line.worst_units" : "line.worst", { from: from.step.name, to: to.step.name }),
        slots: {
          n: {
            text: look.say.figure(from.step.dropped, "number"),
            cell: { step: from.at + 1, dropped: true },
            title: say("chart.dropped_after", { step: from.step.name }),
          },
          share: { text: look.say.percent(1 - (to.step.rate_from_previous ?? 0)) },
        },
      });
    }
  }
  if (everyone?.median_seconds !== null && everyone?.median_seconds !== undefined) {
    notes.push({
      text: say(units ? "line.median_units" : "line.median"),
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
