/** The answer in words: one sentence whose figures open, and what is said beside it. */
import { exact, points } from "@/format";
import type { Asked, Compared, Significance } from "@/api/questions";
import type { Look } from "@/charts";
import { peopleWords } from "@/editors";
import type { Editing } from "@/editors";

export interface Slot<C> {
  text: string;
  cell?: C;
  title?: string;
  tone?: "up" | "down";
}
/** `text` holds `{marks}`; each is a slot. */
export interface Line<C> {
  text: string;
  slots: Record<string, Slot<C>>;
}

export interface Voices {
  editing: Editing;
  look: Pick<Look, "say">;
}

/** "the period before" where that is what was asked; the server's own words for anything else. */
export function labelOf(compared: Compared, asked: Asked, { editing }: Voices, at = 0): string {
  const own = asked.compare?.[at];
  if (own?.period === "previous" && !own.people) return editing.say("compare.previous_word");
  const label = editing.language === "en" ? compared.label.en : compared.label.zh;
  return own?.people && !own.period
    ? peopleWords(own.people, editing) || editing.say("compare.people_word")
    : label;
}

/** The same where it heads a column or stands by itself. */
export function headingOf(compared: Compared, asked: Asked, voices: Voices, at = 0): string {
  const label = labelOf(compared, asked, voices, at);
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/** Whether a difference can be told from chance, said plainly; "" where nobody tested it. */
export function significance(test: Significance | undefined, { editing }: Voices): string {
  if (!test) return "";
  const { say } = editing;
  return say(test.p_value < 0.05 ? "line.real" : "line.chance");
}

/** The interval behind that sentence. */
export function interval<C>(test: Significance | undefined, { editing }: Voices): Line<C>[] {
  if (!test) return [];
  const { say, language } = editing;
  const p = test.p_value < 0.001 ? "< 0.001" : `= ${test.p_value.toFixed(test.p_value < 0.01 ? 3 : 2)}`;
  const text = say("line.interval", {
    low: points(test.low, language),
    high: points(test.high, language),
    p,
  });
  return [{ text, slots: {} }];
}

function tone(delta: number): "up" | "down" | undefined {
  return Math.abs(delta) < 0.0005 ? undefined : delta > 0 ? "up" : "down";
}

export function difference<C>(
  delta: number,
  kind: "points" | "share",
  { compared, asked }: { compared: Compared; asked: Asked },
  voices: Voices,
): Line<C> {
  const { say, language } = voices.editing;
  const label = labelOf(compared, asked, voices);
  if (Math.abs(delta) < 0.0005) return { text: say("line.same", { label }), slots: {} };
  const amount =
    kind === "points"
      ? say("line.points", { n: exact(Math.abs(delta) * 100, language, 1) })
      : voices.look.say.percent(Math.abs(delta));
  const way = delta > 0 ? "more" : "less";
  return {
    text: say(`line.${way}_${kind}`, { label }),
    slots: { amount: { text: amount, tone: tone(delta) } as Slot<C> },
  };
}

export function joined<C>(lines: (Line<C> | null)[]): Line<C> {
  const slots: Record<string, Slot<C>> = {};
  const text = lines
    .filter((line): line is Line<C> => line !== null && line.text !== "")
    .map((line, at) => {
      for (const [mark, slot] of Object.entries(line.slots)) slots[`${mark}${at}`] = slot;
      return line.text.replace(/\{(\w+)\}/g, (_, mark: string) => `{${mark}${at}}`);
    })
    .join("");
  return { text, slots };
}
