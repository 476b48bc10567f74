/** The event of a refused body as text to edit: out of the request it came in, without the time of sending. */
export function editable(body: unknown): string {
  if (typeof body === "string") return body;
  if (!isPlain(body)) return JSON.stringify(body, null, 2);
  const { events, ...alone } = body;
  if (Array.isArray(events) && events.length > 0) return JSON.stringify(events[0], null, 2);
  delete alone.sent_at;
  return JSON.stringify(alone, null, 2);
}

/** The event that a text says, or what is wrong with the text. */
export function readEvent(text: string): { event: Record<string, unknown> } | { wrong: string } {
  try {
    const event: unknown = JSON.parse(text);
    return isPlain(event) ? { event } : { wrong: "{}" };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
