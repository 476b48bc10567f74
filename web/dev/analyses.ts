/** Answers in the shape of the real ones, with numbers that hang together, enough to see pages with. */
interface Asked {
  steps?: { any_of: { event: string }[] }[];
  series?: { step: { any_of: { event: string }[] } }[];
  periods?: number;
  compare?: unknown[];
}

const DAY = 86_400_000;
const days = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) =>
    new Date(Date.now() - (from + count - 1 - at) * DAY + 8 * 3_600_000)
      .toISOString()
      .slice(0, 10)
      .concat("T00:00:00+08:00"),
  );
const wave = (at: number, level: number) => Math.round(level * (1 + 0.25 * Math.sin(at / 1.1) + at / 90));
const nameOf = (step: { any_of: { event: string }[] } | undefined) => step?.any_of[0]?.event ?? "";

function trends(params: Asked, back: number) {
  const buckets = days(30, back);
  return {
    buckets,
    incomplete: buckets.map((_, at) => back === 0 && at === 29),
    lines: (params.series ?? []).map(({ step }, series) => {
      const level = 1800 / (series * 4 + 1) - back * 6;
      const values = buckets.map((_, at) =>
        back === 0 && at === 29 ? Math.round(level / 3) : wave(at, level),
      );
      return {
        series,
        letter: String.fromCharCode(65 + series),
        name: nameOf(step),
        group: null,
        values,
        total: Math.round(values.reduce((sum, value) => sum + value, 0) * 0.6),
        format: "number",
        opens: true,
      };
    }),
  };
}

function funnel(params: Asked, back: number) {
  const first = 17_032 - back * 40;
  const rates = (params.steps ?? []).map((_, at) =>
    Math.max(0.02, (1 - back / 600) * [1, 0.46, 0.31, 0.2][Math.min(at, 3)]! - Math.max(0, at - 3) * 0.04),
  );
  rates[0] = 1;
  const people = rates.map((rate) => Math.round(first * rate));
  return {
    groups: [
      {
        group: null,
        steps: (params.steps ?? []).map((step, at) => ({
          name: nameOf(step),
          people: people[at],
          dropped: people[at]! - (people[at + 1] ?? people[at]!),
          rate: rates[at],
          rate_from_previous: at === 0 ? null : people[at]! / people[at - 1]!,
          low: rates[at]! - 0.006,
          high: Math.min(1, rates[at]! + 0.006),
          mean_seconds: at === 0 ? null : 5400,
          median_seconds: at === 0 ? null : 840 * at,
        })),
        mean_seconds: 61_200,
        median_seconds: 8_280,
        times: [60, 620, 980, 760, 430, 310, 190, 62].map((count, at) => ({
          start: [0, 60, 600, 3600, 14_400, 43_200, 86_400, 259_200][at],
          end: [60, 600, 3600, 14_400, 43_200, 86_400, 259_200, null][at],
          people: count,
        })),
        trend: days(30, back).map((bucket, at) => ({
          bucket,
          entered: wave(at, 560),
          converted: wave(at, 112),
          rate: (at > 27 && back === 0 ? 0.1 : 0.2) + 0.02 * Math.sin(at),
          incomplete: back === 0 && at > 22,
        })),
      },
    ],
  };
}

function retention(params: Asked, back: number) {
  const columns = Array.from({ length: (params.periods ?? 14) + 1 }, (_, at) => String(at));
  const rate = (at: number) => (at === 0 ? 1 : 0.34 * at ** -0.42 - back / 1000);
  const figure = (size: number, at: number, left: number) =>
    at > left
      ? { people: null, rate: null, value: null, incomplete: true }
      : {
          people: Math.round(size * rate(at)),
          rate: rate(at),
          value: null,
          incomplete: at === left && back === 0,
        };
  const cohorts = days(12, back).map((start, at) => {
    const size = wave(at, 420);
    return {
      start,
      people: size,
      figures: columns.map((_, period) => figure(size, period, back > 0 ? 99 : 11 - at)),
    };
  });
  const people = cohorts.reduce((sum, cohort) => sum + cohort.people, 0);
  return {
    columns,
    groups: [{ group: null, people, cohorts, mean: columns.map((_, at) => figure(people, at, 10)) }],
  };
}

const kinds: Record<string, (params: Asked, back: number) => unknown> = { trends, funnel, retention };

export function answerAnalysis(kind: string, params: Record<string, unknown>): unknown {
  const make = kinds[kind] ?? trends;
  const asked = params as Asked;
  return {
    kind,
    params,
    result: make(asked, 0),
    comparisons: (asked.compare ?? []).map(() => ({
      label: { en: "the period before", zh: "上一周期" },
      result: make(asked, 30),
      tests:
        kind === "funnel"
          ? [
              {
                name: "conversion",
                group: null,
                value: 0.2,
                compared: 0.19,
                p_value: 0.004,
                low: 0.003,
                high: 0.021,
              },
            ]
          : [],
    })),
    warnings: [],
    provenance: {
      definition: "9f2c41d07ab3",
      data: "41",
      identity: "7",
      zone: "Asia/Shanghai",
      engine: "0.1.0",
      until: new Date().toISOString(),
      events: 1_034_221,
      people: 48_120,
    },
  };
}
