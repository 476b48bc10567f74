import type { Clicked, PickDefinition } from "@/api";

export type Rule = PickDefinition["any_of"][number];
export type Condition = NonNullable<Rule["where"]>[number];
/** How closely an element is meant. */
export type Tightness = "this" | "alike" | "text";

/** What somebody pointed at: from the picker, or a row of the list. */
export interface Pointed {
  page: string | null;
  element: string | null;
  element_text: string | null;
}

/** What the picker may say of an element; anything else is not from it. */
export function readPointed(data: unknown): Pointed | null {
  if (typeof data !== "object" || data === null) return null;
  const said = data as Record<string, unknown>;
  if (said.tidewheel !== "picked" || typeof said.element !== "string") return null;
  const text = (value: unknown) => (typeof value === "string" && value ? value.slice(0, 500) : null);
  return { page: text(said.page), element: text(said.element), element_text: text(said.element_text) };
}

/** The places in a path, such as `a[2]`, become any place: elements that are written alike. */
export function alike(path: string): string {
  const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return `^${escaped.replace(/\\\[\d+\\\]/g, "(\\[\\d+\\])?")}$`;
}

/** The path as it is shown where all places count. */
export function anyPlace(path: string): string {
  return path.replace(/\[\d+\]/g, "");
}

export function hasAlike(path: string): boolean {
  return /\[\d+\]/.test(path);
}

/** What a choice of tightness means. */
export function ruleOf(pointed: Pointed, tightness: Tightness, anyPage: boolean): Rule {
  const where: Condition[] = [];
  if (!anyPage && pointed.page) where.push({ property: "page", op: "is", value: pointed.page });
  if (tightness === "text") where.push({ property: "element_text", op: "is", value: pointed.element_text });
  else if (tightness === "alike")
    where.push({ property: "element", op: "matches", value: alike(pointed.element ?? "") });
  else where.push({ property: "element", op: "is", value: pointed.element });
  return { event: "click", where };
}

/** Which choices an element has. */
export function choices(pointed: Pointed): Tightness[] {
  return [
    ...(pointed.element ? (["this"] as const) : []),
    ...(pointed.element && hasAlike(pointed.element) ? (["alike"] as const) : []),
    ...(pointed.element_text ? (["text"] as const) : []),
  ];
}

/** The address of a shop's page with what lets it load the picker; null: no address. */
export function withToken(address: string, token: string): string | null {
  const given = address.trim();
  if (/\s/.test(given) || /^(?!https?:)[a-z]+:\/\//i.test(given)) return null;
  try {
    const url = new URL(/^https?:\/\//i.test(given) ? given : `https://${given}`);
    url.searchParams.set("tw_pick", token);
    return url.href;
  } catch {
    return null;
  }
}

export function pointedAt(row: Clicked): Pointed {
  return { page: row.page, element: row.element, element_text: row.element_text };
}
