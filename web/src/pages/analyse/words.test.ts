import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import type { Answer, FunnelParams } from "@/api/questions";
import { funnel, retention, trends, line as trendLine, funnelGroup } from "@/charts/samples";
import { sentence } from "@/editors";
import en from "@/text/en/analyse.json";
import zh from "@/text/zh-CN/analyse.json";
import { command, curl } from "./commands";
import type { AnalysisKit } from "./kit";
import funnelKit from "./kinds/funnel";
import { funnelLine, funnelNotes } from "./kinds/funnel/words";
import trendsKit from "./kinds/trends";
import { trendsLine } from "./kinds/trends/words";
import { retentionLine } from "./kinds/retention/words";
import { voices } from "./samples";
import type { Line } from "./words";

const steps = ["view_item", "add_to_cart", "purchase"].map((event) => ({ any_of: [{ event }] }));
const provenance = {
  definition: "d",
  data: "1",
  identity: "1",
  receipt: null,
  zone: "Asia/Shanghai",
  engine: "0",
  until: null,
  events: 1,
  people: 1,
  left_out: 0,
};
const funnelFirst = (schema: Parameters<NonNullable<typeof funnelKit.first>>[0]) =>
  funnelKit.first!(schema) as FunnelParams;

const told = <C>(line: Line<C>) =>
  sentence(
    line.text,
    Object.fromEntries(Object.entries(line.slots).map(([mark, slot]) => [mark, slot.text])),
  );

beforeAll(async () => {
  if (!i18next.isInitialized)
    await i18next.init({ lng: "en", resources: {}, interpolation: { escapeValue: false } });
  i18next.addResourceBundle("en", "analyse", en);
  i18next.addResourceBundle("zh-CN", "analyse", zh);
});

function asked(p: number): Answer<"funnel"> {
  return {
    kind: "funnel",
    params: { steps, within: { n: 7, unit: "day" }, compare: [{ period: "previous" }] },
    result: funnel,
    figures: [],
    comparisons: [
      {
        label: { en: "before", zh: "之前" },
        result: { groups: [funnelGroup(null, [100, 50, 20])] },
        figures: [],
        tests: [
          { name: "conversion", group: null, value: 0.25, compared: 0.2, p_value: p, low: -0.01, high: 0.11 },
        ],
      },
    ],
    provenance,
  };
}

describe("answers in words", () => {
  it("say a funnel's figures, the change, and whether it can be told from chance", () => {
    expect(told(funnelLine(asked(0.3), voices("en")))).toBe(
      "25 of 100 people who viewed an item (25.0%) bought within 7 days, 5 points more than the period before, which may be chance.",
    );
    expect(told(funnelLine(asked(0.001), voices("zh-CN")))).toBe(
      "浏览商品的 100 人里，25 人（25.0%）在 7 天内购买，比上一周期高 5 个百分点，差异显著，不太可能是偶然。",
    );
  });

  it("open each figure of a funnel into its people", () => {
    const { slots } = funnelLine(asked(0.3), voices("en"));
    expect(Object.values(slots).map((slot) => slot.cell)).toEqual([
      { step: 3, dropped: false },
      { step: 1, dropped: false },
      undefined,
      undefined,
    ]);
  });

  it("name the worst step, the median and the interval", () => {
    expect(funnelNotes(asked(0.3), voices("en")).map(told)).toEqual([
      "Most are lost from step 1 to step 2: 50 people (50.0%)",
      "Half of them took 2 min or less",
      "95% interval of the difference: −1.0 pp to +11.0 pp, p = 0.30",
    ]);
  });

  it("say a trend over the whole period and that the last part is not over", () => {
    const answer: Answer<"trends"> = {
      kind: "trends",
      params: {
        series: [{ step: steps[2]!, measure: { kind: "people" } }],
        period: { last: 3 },
        compare: [{ period: "previous" }],
      },
      result: trends([trendLine({})]),
      figures: [],
      comparisons: [
        { label: { en: "", zh: "" }, result: trends([trendLine({ total: 40 })]), figures: [], tests: [] },
      ],
      provenance,
    };
    expect(told(trendsLine(answer, voices("en")))).toBe(
      "30 people bought in the last 3 days, 25.0% less than the period before. The last period is not over, so the two are not equally long.",
    );
    expect(told(trendsLine(answer, voices("zh-CN")))).toBe(
      "近 3 天有 30 人购买，比上一周期少 25.0%。最后一期还没结束，两段不等长。",
    );
  });

  it("say how many came back", () => {
    const answer: Answer<"retention"> = {
      kind: "retention",
      params: { start: steps[2]!, back: steps[2]! },
      result: retention,
      figures: [],
      comparisons: [],
      provenance,
    };
    expect(told(retentionLine(answer, voices("en")))).toBe(
      "Of 30 people who bought, 40.0% came back on day 1.",
    );
    expect(told(retentionLine(answer, voices("zh-CN")))).toBe("购买的 30 人里，第 1 天有 40.0% 又来了。");
  });

  it("call steps and amounts what the reader calls them", () => {
    const { editing } = voices("zh-CN");
    expect(
      (funnelKit as unknown as AnalysisKit<"funnel">).named!(asked(1), editing).result.groups[0]?.steps.map(
        (step) => step.name,
      ),
    ).toEqual(["浏览商品", "加入购物车", "购买"]);
    const sums: Answer<"trends"> = {
      kind: "trends",
      params: { series: [{ step: steps[2]!, measure: { kind: "sum", property: "value" } }] },
      result: trends([trendLine({})]),
      figures: [],
      comparisons: [],
      provenance,
    };
    expect(
      (trendsKit as unknown as AnalysisKit<"trends">).named!(sums, editing).result.lines[0],
    ).toMatchObject({
      name: "购买 · 实付金额总和",
      format: "money",
    });
  });
});

describe("the first question", () => {
  const event = (name: string, count: number) => ({
    name,
    count,
    title: null,
    first_seen: null,
    last_seen: null,
    daily: [],
    properties: [],
    picked: false,
  });
  it("is the shop's path where the project has it, else its busiest events", () => {
    const shop = {
      events: ["purchase", "view_item", "$set", "x"].map((name) => event(name, 1)),
      properties: [],
    };
    const names = (params: { steps: { any_of: { event: string }[] }[] }) =>
      params.steps.map((step) => step.any_of[0]?.event);
    expect(names(funnelFirst(shop))).toEqual(["view_item", "purchase"]);
    expect(names(funnelFirst({ events: [event("a", 1), event("b", 5)], properties: [] }))).toEqual([
      "b",
      "a",
    ]);
    expect(names(funnelFirst({ events: [], properties: [] }))).toEqual(["*", "*"]);
  });
});

describe("the same question for a terminal", () => {
  it("uses flags where they can say it", () => {
    const plain = {
      steps,
      within: { n: 3, unit: "hour" as const },
      period: { last: 7, unit: "day" as const },
    };
    expect(command("shop", "funnel", plain, funnelKit.flags!(plain))).toBe(
      "tidewheel analyse funnel --project shop --step view_item --step add_to_cart --step purchase --within 3h --last 7d --json",
    );
  });
  it("quotes the whole question for a shell otherwise", () => {
    const filtered = { steps: [{ any_of: [{ event: "it's" }] }, steps[2]!], hold: [{ property: "sku" }] };
    expect(command("shop", "funnel", filtered, funnelKit.flags!(filtered))).toContain(
      `--params - --json <<'JSON'\n{"steps":[{"any_of":[{"event":"it's"}]}`,
    );
    expect(curl("http://h", "shop", "funnel", filtered)).toContain(
      "curl http://h/api/v1/projects/shop/analyses/funnel",
    );
  });
});

it("has the same texts in both languages", () => {
  const keys = (book: object, path = ""): string[] =>
    Object.entries(book).flatMap(([key, held]) =>
      typeof held === "object" && held !== null
        ? keys(held as object, `${path}${key}.`)
        : [`${path}${key}`.replace(/_(one|other)$/, "")],
    );
  expect([...new Set(keys(zh))].sort()).toEqual([...new Set(keys(en))].sort());
});
