/** What the parts of a question are called in a sentence. */
import { isMoney } from "./names";
import { day, money } from "@/format";
import type {
  Breakdown,
  Condition,
  EventMatch,
  Exclusion,
  Measure,
  PeopleFilter,
  Period,
  FunnelStage,
  Step,
  Test,
  Within,
} from "@/api/questions";
import type { Editing } from "./context";
import { arity, isCondition, isOneItem } from "./question";

export type Voice = Pick<Editing, "say" | "names" | "language" | "today" | "project">;

function valueWords(condition: Condition, voice: Voice): string {
  const { say, names, project, language } = voice;
  const one = (value: string | number | boolean) => {
    const called = names.value(condition.property, value);
    if (called !== undefined) return called;
    if (typeof value === "boolean") return say(value ? "group.yes" : "group.no");
    return typeof value === "number" && isMoney(condition.property)
      ? money(value, project.currency, language)
      : String(value);
  };
  const { value } = condition;
  if (value === null || value === undefined) return say("condition.blank");
  if (!Array.isArray(value)) return one(value);
  if (condition.op === "between") return value.map(one).join(" – ");
  const shown = value.slice(0, 3).map(one).join(say("join.or"));
  return value.length > 3 ? say("join.more", { shown, n: value.length - 3 }) : shown;
}

export function conditionWords(condition: Condition, voice: Voice): string {
  const { say, names } = voice;
  if (!condition.property) return say("condition.blank");
  const property = names.property(condition.property, condition.scope);
  if (arity(condition.op) === "none") return say(`phrase.${condition.op}`, { property });
  return say("phrase.op", { property, op: say(`op.${condition.op}`), value: valueWords(condition, voice) });
}

export function testWords(test: Test, voice: Voice): string {
  const { say } = voice;
  if (isCondition(test)) return conditionWords(test, voice);
  if (isOneItem(test)) {
    return say("phrase.item", {
      tests: test.item.map((entry) => conditionWords(entry, voice)).join(say("join.and")),
    });
  }
  if ("not" in test) return say("phrase.not", { test: testWords(test.not as Test, voice) });
  const all = "all" in test;
  const tests = ((all ? test.all : test.any) ?? []) as Test[];
  const text = tests.map((entry) => testWords(entry, voice)).join(say(all ? "join.and" : "join.or"));
  return tests.length > 1 ? `(${text})` : text;
}

export function testsWords(tests: readonly Test[] | undefined, voice: Voice): string {
  return (tests ?? []).map((test) => testWords(test, voice)).join(voice.say("join.and"));
}

function segmentNames(references: readonly string[], voice: PeopleVoice, join: "and" | "or"): string {
  const name = (reference: string) =>
    voice.segments.find(({ id, name }) => id === reference || name === reference)?.name ?? reference;
  return references
    .map((one) => voice.say("people.quoted", { name: name(one) }))
    .join(voice.say(`join.${join}`));
}

type PeopleVoice = Voice & Pick<Editing, "segments">;

/** Who is asked about, as a noun: the name they were given, else their segments and properties; "" for everyone. */
export function peopleWords(people: PeopleFilter | null | undefined, voice: PeopleVoice): string {
  if (!people) return "";
  if (people.name) return people.name;
  const inside = segmentNames(people.segments ?? [], voice, people.match === "any" ? "or" : "and");
  const outside = segmentNames(people.not_segments ?? [], voice, "or");
  const filters = testsWords(people.filters, voice);
  const words = [
    inside && voice.say("people.inside", { words: inside }),
    outside && voice.say("people.outside", { words: outside }),
    filters && voice.say("people.having", { words: filters }),
  ]
    .filter(Boolean)
    .join(voice.say("join.and"));
  return words && voice.say("people.some", { words });
}

export function matchWords(match: EventMatch, voice: Voice): string {
  const event = voice.names.event(match.event);
  const tests = testsWords(match.filters, voice);
  return tests ? voice.say("phrase.match", { event, tests }) : event;
}

/** A step's own name, else its events. */
export function stepWords(step: Step, voice: Voice): string {
  return step.name || step.any_of.map((match) => matchWords(match, voice)).join(voice.say("join.or"));
}

/** A step of a funnel, with the time it may take from the step before, and whether it may be skipped. */
export function stageWords(stage: FunnelStage, voice: Voice): string {
  const own = stage.within ? voice.say("step.own_word", { time: withinWords(stage.within, voice) }) : "";
  const skippable = stage.optional ? voice.say("step.optional_word") : "";
  return [stepWords(stage, voice), skippable, own].filter(Boolean).join(voice.say("join.sentence"));
}

/** "bought", for answers in words; a step with a name or several events keeps its name. */
export function didWords(step: Step, voice: Voice): string {
  const only = step.any_of.length === 1 ? step.any_of[0] : undefined;
  if (step.name || !only || (only.filters?.length ?? 0) > 0) {
    return voice.say("did_other", { event: stepWords(step, voice) });
  }
  return voice.names.did(only.event);
}

export function withinWords(within: Within | undefined, voice: Voice): string {
  if (within?.same) return voice.say(`within.same_${within.same}`);
  return voice.say(`within.${within?.unit ?? "day"}`, { count: within?.n ?? 7 });
}

export function measureWords(measure: Measure | undefined, voice: Voice): string {
  const kind = measure?.kind ?? "count";
  const property = measure?.property ? voice.names.property(measure.property, measure.scope) : "…";
  const times = measure?.times ? ` × ${voice.names.property(measure.times, measure.scope)}` : "";
  return voice.say(`measure.of.${kind}`, { property: `${property}${times}`, p: measure?.percentile ?? 90 });
}

export function breakdownWords(breakdown: Breakdown, voice: Voice): string {
  const property = voice.names.property(breakdown.property, breakdown.scope);
  const when =
    breakdown.scope === "person" && breakdown.when === "event" ? ` (${voice.say("when.event")})` : "";
  const rules = breakdown.clean?.length ?? 0;
  const clean = rules > 0 ? ` (${voice.say("clean.words", { count: rules })})` : "";
  return `${property}${when}${clean}`;
}

export function exclusionWords(exclusion: Exclusion, voice: Voice): string {
  return stepWords(exclusion.step, voice);
}

/** 近 30 天, "the last 30 days", or the days themselves; what people have a word for gets it. */
export function periodWords(period: Period, voice: Voice): string {
  const { say, language, today } = voice;
  if ("last" in period) {
    const unit = period.unit ?? "day";
    if (period.last === 1) return say(`period_word.this_${unit}`);
    return say(`period_word.last_${unit}`, { count: period.last });
  }
  const yesterday = shiftDay(today, -1);
  if (period.from === period.to) {
    if (period.from === today) return say("period_word.this_day");
    if (period.from === yesterday) return say("period_word.yesterday");
    return day(period.from, language, today);
  }
  return `${day(period.from, language, today, false)} – ${day(period.to, language, today, false)}`;
}

/** Another calendar day, `days` later. */
export function shiftDay(text: string, days: number): string {
  const date = new Date(`${text}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
