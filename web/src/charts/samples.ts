/** Small answers worked out by hand, for tests. */
import { light } from "@/ui/tokens";
import type { FunnelGroup, FunnelResult, RetentionResult, TrendsLine, TrendsResult } from "@/api/questions";
import type { Look } from "./look";
import { speech } from "./speech";

export const look: Look = {
  palette: light,
  narrow: false,
  say: speech({
    language: "en",
    currency: "CNY",
    today: "2026-11-22",
    say: (key, values) => (values ? `${key}(${Object.values(values).join()})` : key),
  }),
};

export function line(held: Partial<TrendsLine>): TrendsLine {
  return {
    series: 0,
    letter: "A",
    name: "Purchase",
    group: null,
    values: [10, 20, 5],
    total: 30,
    format: "number",
    opens: true,
    ...held,
  };
}

export function trends(lines: TrendsLine[]): TrendsResult {
  return {
    buckets: ["2026-11-20T00:00:00+08:00", "2026-11-21T00:00:00+08:00", "2026-11-22T00:00:00+08:00"],
    incomplete: [false, false, true],
    lines,
  };
}

export function funnelGroup(group: FunnelGroup["group"], people: number[]): FunnelGroup {
  const first = people[0] ?? 0;
  return {
    group,
    steps: people.map((count, at) => ({
      name: `step ${at + 1}`,
      optional: false,
      count,
      people: count,
      dropped: count - (people[at + 1] ?? count),
      dropped_people: count - (people[at + 1] ?? count),
      rate: first ? count / first : null,
      rate_from_previous: at === 0 ? null : people[at - 1] ? count / people[at - 1]! : null,
      low: first ? count / first - 0.01 : null,
      high: first ? count / first + 0.01 : null,
      mean_seconds: at === 0 ? null : 90,
      median_seconds: at === 0 ? null : 60,
    })),
    mean_seconds: 180,
    median_seconds: 120,
    times: [
      { start: 0, end: 60, count: 4 },
      { start: 60, end: 600, count: 20 },
      { start: 600, end: null, count: 1 },
    ],
    trend: [
      { bucket: "2026-11-20T00:00:00+08:00", entered: 60, converted: 20, rate: 1 / 3, incomplete: false },
      { bucket: "2026-11-21T00:00:00+08:00", entered: 40, converted: 5, rate: 0.125, incomplete: true },
    ],
  };
}

export const funnel: FunnelResult = { groups: [funnelGroup(null, [100, 50, 25])] };
export const splitFunnel: FunnelResult = {
  groups: [
    funnelGroup(null, [100, 50, 25]),
    funnelGroup(["live"], [60, 40, 20]),
    funnelGroup(["natural"], [30, 8, 4]),
    funnelGroup(["$other"], [10, 2, 1]),
  ],
};

const blank = { people: null, rate: null, value: null, incomplete: true };
export const retention: RetentionResult = {
  columns: ["0", "1", "2", "3"],
  groups: [
    {
      group: null,
      people: 30,
      cohorts: [
        {
          start: "2026-11-20T00:00:00+08:00",
          people: 20,
          figures: [
            { people: 20, rate: 1, value: null, incomplete: false },
            { people: 8, rate: 0.4, value: null, incomplete: false },
            { people: 2, rate: 0.1, value: null, incomplete: true },
            blank,
          ],
        },
        {
          start: "2026-11-21T00:00:00+08:00",
          people: 10,
          figures: [
            { people: 10, rate: 1, value: null, incomplete: false },
            { people: 0, rate: 0, value: null, incomplete: true },
            blank,
            blank,
          ],
        },
      ],
      mean: [
        { people: 30, rate: 1, value: null, incomplete: false },
        { people: 8, rate: 0.4, value: null, incomplete: false },
        { people: null, rate: null, value: null, incomplete: true },
        { people: null, rate: null, value: null, incomplete: true },
      ],
    },
  ],
};
