import type { TimelineEvent } from "@/api";

export interface VisitGroup {
  key: string;
  events: TimelineEvent[];
  /** Seconds from its first event to its last. */
  seconds: number;
}
export interface DayGroup {
  day: string;
  count: number;
  visits: VisitGroup[];
}

const GAP = 30 * 60_000;

/** Groups events (newest first) by day, and within a day into visits: a pause over 30 minutes starts another. */
export function byDayAndVisit(events: readonly TimelineEvent[], dayOf: (time: string) => string): DayGroup[] {
  const days: DayGroup[] = [];
  for (const event of events) {
    const day = dayOf(event.time);
    let group = days.at(-1);
    if (group?.day !== day) days.push((group = { day, count: 0, visits: [] }));
    group.count += 1;
    const visit = group.visits.at(-1);
    const previous = visit?.events.at(-1);
    if (visit && previous && Date.parse(previous.time) - Date.parse(event.time) <= GAP) {
      visit.events.push(event);
      visit.seconds = (Date.parse(visit.events[0]!.time) - Date.parse(event.time)) / 1000;
    } else {
      group.visits.push({ key: event.id, events: [event], seconds: 0 });
    }
  }
  return days;
}
