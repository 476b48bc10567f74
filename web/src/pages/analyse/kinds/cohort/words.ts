import type { Answer, CohortCell } from "@/api/questions";
import { kindSay } from "@/pages/analyse/kits";
import type { Line, Voices } from "@/pages/analyse/words";

/** How soon the second order comes: when to speak to a new buyer. */
export function cohortNotes({ result }: Answer<"cohort">, voices: Voices): Line<CohortCell>[] {
  const { editing, look } = voices;
  const say = kindSay("cohort", editing.language);
  const second = result.groups[0]?.steps[1];
  const third = result.groups[0]?.steps[2];
  if (!second || second.people === 0) return [];
  const notes: Line<CohortCell>[] = [
    {
      text: say("note.soon"),
      slots: {
        quarter: { text: look.say.duration(second.quarter) },
        most: { text: look.say.duration(second.three_quarters) },
      },
    },
  ];
  if (third && third.rate !== null && second.rate !== null) {
    notes.push({
      text: say(third.rate > second.rate ? "note.second_is_hard" : "note.third_is_hard"),
      slots: {
        second: { text: look.say.percent(second.rate), cell: { order: 2 }, title: say("order", { n: 2 }) },
        third: { text: look.say.percent(third.rate), cell: { order: 3 }, title: say("order", { n: 3 }) },
      },
    });
  }
  return notes;
}
