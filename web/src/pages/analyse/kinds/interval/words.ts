import type { Answer, IntervalCell, IntervalRange } from "@/api/questions";
import type { Look } from "@/charts";
import type { Say } from "@/editors";
import { kindSay } from "@/pages/analyse/kits";
import type { Line, Voices } from "@/pages/analyse/words";

/** Lengths of time are answered in milliseconds. */
export function long(ms: number | null, look: Pick<Look, "say">): string {
  return look.say.duration(ms === null ? null : ms / 1000);
}

/** 1 – 2 days; 30 days or more. */
export function rangeName({ low, high }: IntervalRange, look: Pick<Look, "say">, say: Say): string {
  if (high === null) return say("from", { low: long(low, look) });
  return low === 0 ? say("below", { high: long(high, look) }) : `${long(low, look)} – ${long(high, look)}`;
}

/** Half, nine tenths, and of how many. */
export function intervalLine(answer: Answer<"interval">, { editing, look }: Voices): Line<IntervalCell> {
  const say = kindSay("interval", editing.language);
  const { overall } = answer.result.groups[0]!;
  return {
    text: say(answer.params.weigh === "people" ? "line_people" : "line_pairs"),
    slots: {
      people: {
        text: look.say.figure(overall.people, "number"),
        cell: { bucket: null, low: null, high: null, group: null },
        title: say("people"),
      },
      pairs: { text: look.say.figure(overall.pairs, "number") },
      half: { text: long(overall.p50, look) },
      most: { text: long(overall.p90, look) },
    },
  };
}
