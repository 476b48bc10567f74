import type { Schema } from "@/api";
import { ANY_EVENT } from "@/api/questions";
import type { Kind, Scope } from "@/api";
import type { Language } from "@/format";

import { MOMENTS, momentWords } from "@/format/moments";

type Say = (key: string, values?: Record<string, string | number>) => string;

export interface Names {
  event: (name: string) => string;
  /** "bought", 购买: for what people did. */
  did: (name: string) => string;
  property: (name: string, scope?: Scope | null) => string;
  value: (property: string, value: string | number | boolean) => string | undefined;
  kind: (name: string, scope?: Scope | null) => Kind | undefined;
}

/** Amounts in minor units, by the vocabulary. */
const MONEY = new Set([
  "value",
  "price",
  "tax",
  "shipping",
  "discount",
  "refund_value",
  "gross_value",
  "revenue",
  "cost",
]);
export function isMoney(property: string | null | undefined): boolean {
  return MONEY.has(property ?? "");
}

/** A text that may not exist; i18next answers with the key itself then, without the name of its book. */
function known(say: Say, key: string): string | undefined {
  const text = say(key);
  return text === key.replace(/^\w+:/, "") ? undefined : text;
}

/** Where values of a property are named: channels are called the same on every page, whatever they are the channel of. */
const book = (property: string) =>
  /(^|_)channel(_group)?$/.test(property) ? "common:channel" : `value.${safe(property)}`;

/** Text keys cannot hold the separators of i18next. */
function safe(name: string): string {
  return name.replace(/[.:]/g, "_");
}

export function namesOf(schema: Schema, language: Language, say: Say): Names {
  const titles = new Map(
    schema.events.flatMap(({ name, title }) =>
      title ? [[name, language === "en" ? title.en : title.zh]] : [],
    ),
  );
  const properties = new Map(
    schema.properties.flatMap(({ name, scope, title }) =>
      title ? [[`${scope}/${name}`, language === "en" ? title.en : title.zh]] : [],
    ),
  );
  const kinds = new Map<string, { kind: Kind; count: number }>();
  for (const { name, scope, kind, count } of schema.properties) {
    const key = `${scope}/${name}`;
    if ((kinds.get(key)?.count ?? -1) < count) kinds.set(key, { kind, count });
  }
  const event = (name: string) =>
    name === ANY_EVENT ? say("event.any") : (titles.get(name) ?? known(say, `event.${safe(name)}`) ?? name);
  return {
    event,
    did: (name) =>
      (language === "zh-CN" && titles.get(name)) ||
      known(say, `did.${safe(name)}`) ||
      say("did_other", { event: event(name) }),
    property: (name, scope) =>
      properties.get(`${scope ?? "event"}/${name}`) ?? known(say, `property.${safe(name)}`) ?? name,
    value: (property, value) =>
      property in MOMENTS
        ? momentWords(property, value, language, say)
        : typeof value === "string"
          ? known(say, `${book(property)}.${safe(value)}`)
          : undefined,
    kind: (name, scope) =>
      (scope ?? "event") === "event" && name in MOMENTS
        ? MOMENTS[name]
        : kinds.get(`${scope ?? "event"}/${name}`)?.kind,
  };
}
