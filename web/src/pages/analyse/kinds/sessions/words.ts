import type { Answer, SessionsCell } from "@/api/questions";
import { kindSay } from "@/pages/analyse/kits";
import { difference, joined } from "@/pages/analyse/words";
import type { Line, Voices } from "@/pages/analyse/words";

/** How often people come, how long they stay, how many leave at once. */
export function sessionsLine(answer: Answer<"sessions">, voices: Voices): Line<SessionsCell> {
  const { editing, look } = voices;
  const say = kindSay("sessions", editing.language);
  const total = answer.result.groups[0]?.total;
  if (!total || total.sessions === 0) return { text: say("line.none"), slots: {} };
  const compared = answer.comparisons[0];
  const then = compared?.result.groups[0]?.total.sessions;
  return joined([
    {
      text: say("line.head"),
      slots: {
        people: { text: look.say.figure(total.people, "number"), cell: {}, title: say("figure.people") },
        sessions: { text: look.say.figure(total.sessions, "number") },
        each: { text: look.say.figure(total.per_person, "ratio") },
      },
    },
    compared && then
      ? difference(total.sessions / then - 1, "share", { compared, asked: answer.params }, voices)
      : null,
    {
      text: say("line.rest"),
      slots: {
        median: { text: look.say.duration(total.duration_median) },
        bounce: {
          text: look.say.percent(total.bounce_rate),
          cell: { bounced: true },
          title: say("figure.bounce_rate"),
        },
      },
    },
  ]);
}
