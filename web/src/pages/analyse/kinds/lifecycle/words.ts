import type { Answer, LifecycleCell, LifecycleParams, LifecycleResult } from "@/api/questions";
import type { Palette } from "@/ui";
import type { Say } from "@/editors";
import { kindSay } from "@/pages/analyse/kits";
import type { Line, Slot, Voices } from "@/pages/analyse/words";

const REST = "$rest";

/** What a stage is called: the standard ones in the reader's language, others as they were named. */
export function stageName(stage: string, params: LifecycleParams, say: Say): string {
  if (stage === REST) return say("stage.rest");
  return params.stages?.length ? stage : say(`stage.${stage}`);
}

/** A colour a stage, the same in every chart; dormant is a loss, asleep is quiet. */
export function stageColours(result: LifecycleResult, params: LifecycleParams, palette: Palette): string[] {
  if (params.stages?.length) {
    return result.stages.map((stage, at) =>
      stage === REST ? palette.ink3 : (palette.series[at % palette.series.length] ?? palette.accent),
    );
  }
  const [first = palette.accent, second = palette.accent, third = palette.accent] = palette.series;
  return [first, second, third, palette.loss, palette.ink3];
}

/** The last bucket that is over; the last where none is. */
export function lastWhole(result: LifecycleResult): number {
  const found = result.incomplete.lastIndexOf(false);
  return found >= 0 ? found : result.buckets.length - 1;
}

/** Who was gained, who was lost, and which outweighs. */
export function lifecycleLine(answer: Answer<"lifecycle">, { editing, look }: Voices): Line<LifecycleCell> {
  const { result, params } = answer;
  const say = kindSay("lifecycle", editing.language);
  const bucket = lastWhole(result);
  const point = result.groups[0]?.points[bucket];
  const when = look.say.bucket(result.buckets[bucket] ?? "", params.grain ?? "week");
  const slot = (stage: number): Slot<LifecycleCell> => ({
    text: look.say.figure(point?.people[stage] ?? 0, "number"),
    cell: { bucket, stage, before: null, group: null },
    title: `${when} · ${stageName(result.stages[stage] ?? "", params, say)}`,
  });
  const grain = params.grain ?? "week";
  if (params.stages?.length) {
    const marks = result.stages.map((_, at) => at).filter((at) => (point?.people[at] ?? 0) > 0);
    const list = marks.map((at) => `${stageName(result.stages[at] ?? "", params, say)} {s${at}}`);
    return {
      text: say(`line.own_${grain}`, { when, list: list.join(editing.say("join.list")) }),
      slots: Object.fromEntries(marks.map((at) => [`s${at}`, slot(at)])),
    };
  }
  const ratio = point?.quick_ratio ?? null;
  return {
    text:
      say(`line.${grain}`, { when }) +
      (ratio === null ? "" : say(ratio >= 1 ? "line.grows" : "line.shrinks")),
    slots: {
      new: slot(0),
      returning: slot(1),
      resurrected: slot(2),
      dormant: slot(3),
      ratio: { text: look.say.figure(ratio, "ratio"), tone: (ratio ?? 1) >= 1 ? "up" : "down" },
    },
  };
}
