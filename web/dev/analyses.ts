/** A trend of pleasant numbers, enough to see tiles with. */
export function answerAnalysis(kind: string, params: Record<string, unknown>): unknown {
  const buckets = Array.from({ length: 30 }, (_, index) =>
    new Date(Date.now() - (29 - index) * 86_400_000).toISOString().slice(0, 10),
  );
  const values = buckets.map((_, index) => Math.round(1800 + 500 * Math.sin(index / 3) + index * 20));
  return {
    kind,
    params,
    result: {
      buckets,
      incomplete: buckets.map((_, index) => index === 29),
      lines: [
        {
          series: 0,
          letter: "A",
          name: "view_item",
          group: null,
          values,
          total: 21_034,
          format: "number",
          opens: true,
        },
      ],
    },
    comparisons: [],
    provenance: {
      definition: "9f2c",
      data: "41",
      identity: "7",
      zone: "Asia/Shanghai",
      engine: "0.1.0",
      until: new Date().toISOString(),
      events: 1_034_221,
      people: 48_120,
      seconds: 0.084,
      cached: false,
    },
  };
}
