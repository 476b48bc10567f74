import { expect, test } from "vitest";
import type { TimelineEvent } from "@/api";
import { byDayAndVisit } from "./sessions";

const at = (id: string, time: string): TimelineEvent => ({
  id,
  time,
  name: "x",
  actor: "device:d",
  source: "s",
  properties: {},
  items: [],
});
const day = (time: string) => time.slice(0, 10);

test("a pause of over half an hour starts another visit; a new day another group", () => {
  const days = byDayAndVisit(
    [
      at("5", "2026-11-21T12:00:00Z"),
      at("4", "2026-11-21T11:30:00Z"),
      at("3", "2026-11-21T10:59:59Z"),
      at("2", "2026-11-20T23:59:00Z"),
      at("1", "2026-11-20T23:58:00Z"),
    ],
    day,
  );
  expect(
    days.map((each) => [
      each.day,
      each.count,
      each.visits.map((visit) => visit.events.map((event) => event.id).join("")),
    ]),
  ).toEqual([
    ["2026-11-21", 3, ["54", "3"]],
    ["2026-11-20", 2, ["21"]],
  ]);
  expect(days[0]!.visits[0]!.seconds).toBe(1800);
});

test("no events make no days", () => {
  expect(byDayAndVisit([], day)).toEqual([]);
});
