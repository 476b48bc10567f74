import { expect, test } from "vitest";
import { editable, readEvent } from "./mend";

test("an event is taken out of the request it came in", () => {
  const event = { event: "purchase", properties: { value: 5 } };
  expect(JSON.parse(editable({ events: [event], sent_at: 1 }))).toEqual(event);
  expect(JSON.parse(editable({ ...event, sent_at: 1 }))).toEqual(event);
  expect(editable('{"events": [')).toBe('{"events": [');
});

test("what is no JSON object is no event", () => {
  expect(readEvent('{"event": "a"}')).toEqual({ event: { event: "a" } });
  expect(readEvent("[1]")).toEqual({ wrong: "{}" });
  expect(readEvent("{")).toHaveProperty("wrong");
});
