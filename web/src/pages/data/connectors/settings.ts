import type { ConnectorKind } from "@/api";

export type Place = Record<string, unknown>;

/** One setting of a place, as the form shows it. */
export interface Setting {
  name: string;
  label: string;
  control: "text" | "number" | "switch" | "choice" | "secret" | "lines" | "pairs";
  needed: boolean;
  /** Shown without opening the further settings. */
  first: boolean;
  standard: unknown;
  choices: string[];
}

interface Schema {
  type?: string;
  anyOf?: Schema[];
  enum?: string[];
  const?: string;
  default?: unknown;
  description?: string;
  zh?: string;
  secret?: boolean;
  lines?: boolean;
}

/** What people are asked for at once, besides what is needed. */
const FIRST = new Set([
  "password",
  "secret",
  "pattern",
  "prefix",
  "endpoint",
  "host_key",
  "rows",
  "sign_in",
  "user",
  "paging",
]);
/** Chosen by looking at what is there. */
const CHOSEN: Record<string, string[]> = { sql: ["table", "query", "cursor", "key"], kafka: ["topic"] };

/** The settings of a kind in the order of its schema; `language` is that of the labels. */
export function settingsOf(kind: ConnectorKind, language: "en" | "zh"): Setting[] {
  const schema = kind.place as { properties?: Record<string, Schema>; required?: string[] };
  return Object.entries(schema.properties ?? {}).map(([name, said]) => {
    const one = said.anyOf?.find((each) => each.type !== "null") ?? said;
    return {
      name,
      label: (language === "zh" ? said.zh : said.description) ?? name,
      control: controlOf({ ...one, secret: said.secret, lines: said.lines }),
      needed: schema.required?.includes(name) ?? false,
      first: FIRST.has(name) || (CHOSEN[kind.name]?.includes(name) ?? false),
      standard: said.default ?? null,
      choices: one.enum ?? (one.const ? [one.const] : []),
    };
  });
}

const WHERE = [
  "host",
  "database",
  "url",
  "bucket",
  "prefix",
  "folder",
  "servers",
  "topic",
  "table",
  "pattern",
];

/** The settings that tell people which place it is, in the order they are read; never a secret. */
export function whereOf(place: Place): string[] {
  return WHERE.map((name) => place[name])
    .filter((value) => typeof value === "string" && value !== "" && value !== "*")
    .map(String);
}

function controlOf(schema: Schema): Setting["control"] {
  if (schema.lines) return "lines";
  if (schema.secret) return "secret";
  if (schema.enum || schema.const) return "choice";
  if (schema.type === "boolean") return "switch";
  if (schema.type === "integer" || schema.type === "number") return "number";
  return schema.type === "object" ? "pairs" : "text";
}

/** Whether everything that is needed is filled in; secrets that are kept need not be. */
export function isWhole(kind: ConnectorKind, place: Place, kept: string[]): boolean {
  return settingsOf(kind, "en").every(
    ({ name, needed, standard }) =>
      !needed || kept.includes(name) || ![undefined, null, ""].includes((place[name] ?? standard) as null),
  );
}

/** Kinds of rows that a place may hold, the one it most likely does first. */
export function likelyRows(columns: string[]): "orders" | "people" | "events" {
  const has = (pattern: RegExp) => columns.some((name) => pattern.test(name));
  if (has(/订单|order_?(id|no)|refund|paid/i)) return "orders";
  if (has(/event|事件|行为/i)) return "events";
  return has(/phone|mobile|手机|会员|member/i) ? "people" : "events";
}
