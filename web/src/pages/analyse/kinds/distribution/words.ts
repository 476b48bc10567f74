import type {
  Answer,
  DistributionCell,
  DistributionParams,
  DistributionRange,
  DistributionResult,
} from "@/api/questions";
import type { Format, Look } from "@/charts";
import type { Say } from "@/editors";
import { isMoney } from "@/editors/names";
import { kindSay } from "@/pages/analyse/kits";
import type { Line, Voices } from "@/pages/analyse/words";

export interface Asked {
  params: DistributionParams;
  result: DistributionResult;
  currency: string;
}

/** How a person's figure reads. */
export function figureFormat(params: DistributionParams): Format {
  return params.by === "sum" && isMoney(params.property?.property) ? "money" : "number";
}

/** 3, 6–10, 21 or more; ¥100 – ¥200. */
export function rangeName(
  { low, high }: DistributionRange,
  asked: Asked,
  look: Pick<Look, "say">,
  say: Say,
): string {
  const format = figureFormat(asked.params);
  const text = (value: number) =>
    format === "money" ? look.say.short(value, format) : look.say.figure(value, format);
  if (low === null) return say("below", { high: text(high ?? 0) });
  if (asked.result.whole && Number.isInteger(low)) {
    if (high === null) {
      const top = Math.max(...asked.result.groups.map(({ overall }) => overall.maximum ?? 0));
      return top > low ? say("from", { low: text(low) }) : text(low);
    }
    if (Number.isInteger(high)) return high - low === 1 ? text(low) : `${text(low)}–${text(high - 1)}`;
  }
  return high === null ? say("from", { low: text(low) }) : `${text(low)} – ${text(high)}`;
}

/** How many, what half of them do at most, and how much hangs on the top fifth. */
export function distributionLine(
  answer: Answer<"distribution">,
  { editing, look }: Voices,
): Line<DistributionCell> {
  const say = kindSay("distribution", editing.language);
  const { overall } = answer.result.groups[0]!;
  const format = figureFormat(answer.params);
  const everyone: DistributionCell = { bucket: null, low: null, high: null, idle: false, group: null };
  const middle = overall.percentiles[answer.result.percentiles.indexOf(50)] ?? overall.mean;
  const by = answer.params.by ?? "count";
  return {
    text: say(overall.top_fifth === null || format !== "money" ? `line.${by}` : "line.money"),
    slots: {
      people: { text: look.say.figure(overall.people, "number"), cell: everyone, title: say("people") },
      middle: { text: look.say.figure(middle, format) },
      mean: { text: look.say.figure(overall.mean, format) },
      top: { text: look.say.percent(overall.top_fifth) },
    },
  };
}
