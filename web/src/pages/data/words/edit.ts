import type { ArrivedName, EventWords, ItemWords, Vocabulary } from "@/api";

export const NO_WORDS: EventWords = {
  properties: {},
  otherwise: {},
  major: [],
  numbers: [],
  event: null,
  leave_out: false,
  set: {},
  items: null,
};

export const NO_ITEM: ItemWords = { properties: {}, otherwise: {}, major: [], numbers: [], within: null };

/** The names of events: those that arrived lately first, then those that have words. */
export function eventNames(words: Vocabulary, arrived: ArrivedName[], search: string): string[] {
  const lately = arrived.map((name) => name.sent).filter(Boolean);
  const rest = Object.keys(words.events ?? {})
    .filter((name) => !lately.includes(name))
    .toSorted();
  const wanted = search.trim().toLowerCase();
  return [...lately, ...rest].filter(
    (name) =>
      name.toLowerCase().includes(wanted) ||
      (words.events?.[name]?.event ?? "").toLowerCase().includes(wanted),
  );
}

/** Words with one event's changed; an event that says nothing any more is not listed. */
export function withEvent(words: Vocabulary, name: string, change: Partial<EventWords>): Vocabulary {
  const next = { ...NO_WORDS, ...words.events?.[name], ...change };
  const rest = Object.entries(words.events ?? {}).filter(([other]) => other !== name);
  return {
    ...words,
    events: Object.fromEntries(saysSomething(next) ? [...rest, [name, next]] : rest),
  };
}

/** What arrived, by the names that an event's own words see: those of every event have been put in place before. */
export function afterEvery(words: Vocabulary, samples: Record<string, unknown>): Record<string, unknown> {
  const prefix = words.prefix ?? "";
  return Object.fromEntries(
    Object.entries(samples).flatMap(([theirs, value]) => {
      const listed = words.every?.properties?.[theirs];
      const bare = prefix && theirs.startsWith(prefix) ? theirs.slice(prefix.length) : theirs;
      const ours = listed ?? (bare && !(bare in samples) ? bare : theirs);
      return ours ? [[ours, value]] : [];
    }),
  );
}

function saysSomething(words: EventWords): boolean {
  return Boolean(
    words.event ||
    words.leave_out ||
    words.items ||
    (words.major ?? []).length ||
    (words.numbers ?? []).length ||
    [words.properties, words.otherwise, words.set].some((part) => Object.keys(part ?? {}).length),
  );
}

/** A mapping with one name's counterpart changed; undefined takes the name out. */
export function withName(
  names: Record<string, string>,
  theirs: string,
  ours: string | undefined,
): Record<string, string> {
  if (ours !== undefined) return { ...names, [theirs]: ours };
  return Object.fromEntries(Object.entries(names).filter(([name]) => name !== theirs));
}

export const sameWords = (one: Vocabulary, other: Vocabulary) => ordered(one) === ordered(other);

function ordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(ordered).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  const parts = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${parts.map(([name, part]) => `${name}:${ordered(part)}`).join()}}`;
}
