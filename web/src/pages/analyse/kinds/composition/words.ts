import type { Answer, CompositionCell, CompositionParams } from "@/api/questions";
import type { Format } from "@/charts";
import { isMoney } from "@/editors/names";
import { kindSay } from "@/pages/analyse/kits";
import type { Line, Voices } from "@/pages/analyse/words";

/** How the measure reads. */
export function measureFormat(params: CompositionParams): Format {
  return params.measure?.kind === "sum" && isMoney(params.measure.property) ? "money" : "number";
}

/** How few make half, and the largest. */
export function compositionLine(
  answer: Answer<"composition">,
  { editing, look }: Voices,
): Line<CompositionCell> {
  const say = kindSay("composition", editing.language);
  const { result, params } = answer;
  const first = result.shares[0];
  const everyone: CompositionCell = { bucket: null, group: null };
  return {
    text: say(result.half === null ? "line_total" : "line"),
    slots: {
      total: {
        text: look.say.figure(result.total, measureFormat(params)),
        cell: everyone,
        title: say("total"),
      },
      parts: { text: look.say.figure(result.parts, "number") },
      half: { text: look.say.figure(result.half, "number") },
      first: {
        text: first ? look.say.group(first.group) : "",
        ...(first ? { cell: { bucket: null, group: first.group }, title: look.say.group(first.group) } : {}),
      },
      share: { text: look.say.percent(first?.share ?? null) },
    },
  };
}
