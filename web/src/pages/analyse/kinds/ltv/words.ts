import type { Answer, LtvCell } from "@/api/questions";
import { kindSay } from "@/pages/analyse/kits";
import type { Line, Voices } from "@/pages/analyse/words";

/** Which groups have paid back, which have not. */
export function ltvNotes({ result }: Answer<"ltv">, voices: Voices): Line<LtvCell>[] {
  const { editing, look } = voices;
  const say = kindSay("ltv", editing.language);
  const total = result.groups[0]?.total;
  if (!total) return [];
  const notes: Line<LtvCell>[] = [];
  if (total.cost === null) notes.push({ text: say("note.no_costs"), slots: {} });
  const priced = result.groups.filter(({ group, total: one }) => group && one.cac && one.ratio !== null);
  const best = priced.reduce(
    (one, two) => ((two.total.ratio ?? 0) > (one.total.ratio ?? 0) ? two : one),
    priced[0]!,
  );
  if (best) {
    notes.push({
      text: say(best.total.payback === null ? "note.best_open" : "note.best", {
        group: look.say.group(best.group),
        day: best.total.payback ?? 0,
      }),
      slots: {
        ratio: {
          text: look.say.figure(best.total.ratio, "ratio"),
          cell: { group: best.group },
          title: look.say.group(best.group),
        },
      },
    });
  }
  notes.push({ text: say("note.ages"), slots: {} });
  return notes;
}
