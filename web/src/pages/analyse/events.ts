import type { Schema } from "@/api";

/** Events that are done to people, not by them: no visit begins with one. */
export const SENT = ["message_send", "coupon_issue"];

/** Every event a question names, for the properties to offer. */
export function eventsOf(params: unknown): string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === "object" && value !== null) {
      for (const [key, held] of Object.entries(value)) {
        if (key === "any_of") for (const match of held as { event: string }[]) found.add(match.event);
        else look(held);
      }
    }
  };
  look(params);
  return [...found];
}

/** A project's own events, the busiest first. */
export function busiest(schema: Schema): string[] {
  return schema.events
    .filter(({ name }) => !name.startsWith("$"))
    .sort((a, b) => b.count - a.count)
    .map(({ name }) => name);
}

/** What tells pages apart where it is not called `page`: the path that other trackers send; null where it is, or nothing does. */
export function pageProperty(schema: Schema): string | null {
  const has = (one: string) => schema.properties.some(({ name, scope }) => name === one && scope === "event");
  return !has("page") && has("page_path") ? "page_path" : null;
}
