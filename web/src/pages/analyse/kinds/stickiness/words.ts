import type { Answer, StickinessCell } from "@/api/questions";
import { kindSay } from "@/pages/analyse/kits";
import type { Line, Voices } from "@/pages/analyse/words";

/** A person's mean, and how much of a month's people a day sees. */
export function stickinessLine(
  answer: Answer<"stickiness">,
  { editing, look }: Voices,
): Line<StickinessCell> {
  const say = kindSay("stickiness", editing.language);
  const { params, result } = answer;
  const group = result.groups[0]!;
  const windows = params.windows ?? [7, 30];
  const longest = windows.indexOf(Math.max(...windows));
  const share = group.stickiness[longest] ?? null;
  const unit = say(`unit.${params.unit ?? "day"}`);
  return {
    text:
      say("line", { unit, units: result.units }) +
      (share === null ? "" : say("line_share", { window: windows[longest] ?? 30 })),
    slots: {
      people: {
        text: look.say.figure(group.people, "number"),
        cell: { units: null, at_least: false, bucket: null, window: 1, group: null },
        title: say("people"),
      },
      mean: { text: look.say.figure(group.mean, "number") },
      once: {
        text: look.say.percent(group.people > 0 ? (group.exactly[0] ?? 0) / group.people : null),
        cell: { units: 1, at_least: false, bucket: null, window: 1, group: null },
        title: say("exactly_n", { n: 1, unit }),
      },
      share: { text: look.say.percent(share) },
    },
  };
}
