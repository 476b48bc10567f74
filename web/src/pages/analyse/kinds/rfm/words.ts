import type { Answer, RfmCell } from "@/api/questions";
import { kindSay } from "@/pages/analyse/kits";
import type { Line, Voices } from "@/pages/analyse/words";

/** Where the money is, and whom it is about to leave with. */
export function rfmNotes({ result }: Answer<"rfm">, voices: Voices): Line<RfmCell>[] {
  const { editing, look } = voices;
  const say = kindSay("rfm", editing.language);
  const whole = result.groups[0];
  if (!whole || whole.people === 0) return [];
  const best = whole.segments.reduce((one, two) => (two.revenue > one.revenue ? two : one));
  const name = say(`segment.${best.segment}`);
  const notes: Line<RfmCell>[] = [
    {
      text: say("note.best", { name }),
      slots: {
        people: {
          text: look.say.percent(best.share),
          cell: { segment: best.segment },
          title: name,
        },
        revenue: { text: look.say.percent(best.revenue_share) },
      },
    },
  ];
  const cold = (result.moves ?? []).filter(({ before, now }) => before.startsWith("key_") && now === "none");
  const gone = cold.reduce((sum, one) => sum + one.people, 0);
  const worst = cold.reduce((one, two) => (two.people > one.people ? two : one), cold[0]!);
  if (gone > 0 && worst) {
    const from = say(`segment.${worst.before}`);
    notes.push({
      text: say("note.gone", { name: from }),
      slots: {
        all: { text: look.say.figure(gone, "number") },
        most: {
          text: look.say.figure(worst.people, "number"),
          cell: { before: worst.before, segment: "none" },
          title: say("moves.title", { before: from, now: say("segment.none") }),
        },
      },
    });
  }
  const { recency, frequency, monetary } = result.cuts;
  const list = (cuts: number[], format: "number" | "money") =>
    [...new Set(cuts)].map((cut) => look.say.figure(cut, format)).join(" / ");
  notes.push({
    text: say("note.cuts", {
      recency: list(recency, "number"),
      frequency: list(frequency, "number"),
      monetary: list(monetary, "money"),
      until: result.until,
    }),
    slots: {},
  });
  return notes;
}
