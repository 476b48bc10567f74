import i18next from "i18next";
import { beforeAll, expect, it } from "vitest";
import type { Answer } from "@/api/questions";
import en from "@/text/en/analyse.json";
import zh from "@/text/zh-CN/analyse.json";
import { againstTable } from "./Against";
import distribution from "./kinds/distribution";
import { voices } from "./samples";

function figure(name: string, value: number | null, format: string, group: string[] | null = null) {
  return { name, title: { en: name, zh: `${name}值` }, value, format, group, cell: { group } };
}

const answer = {
  kind: "distribution",
  params: {
    by: "sum",
    property: { property: "value" },
    compare: [{ period: "previous" }, { people: { filters: [], name: "VIP" } }],
  },
  figures: [
    figure("people", 120, "number"),
    figure("mean", 15_000, "number"),
    figure("top_fifth", 0.5, "percent"),
    figure("people", 7, "number", ["live"]),
  ],
  comparisons: [
    {
      label: { en: "1 – 2", zh: "1 至 2" },
      figures: [
        figure("people", 100, "number"),
        figure("mean", 0, "number"),
        figure("top_fifth", 0.45, "percent"),
      ],
    },
    { label: { en: "VIP", zh: "VIP" }, figures: [figure("people", 60, "number")] },
  ],
} as unknown as Answer;

beforeAll(() =>
  i18next.init({
    lng: "en",
    resources: { en: { analyse: en }, "zh-CN": { analyse: zh } },
    interpolation: { escapeValue: false },
  }),
);

it("sets everyone's figures beside those of each comparison", () => {
  const table = againstTable(answer, distribution.against!, voices("en"));
  expect(table.columns.map(({ title }) => title)).toEqual([
    "Figure",
    "This answer",
    "The period before",
    "Change",
    "VIP",
    "Change",
  ]);
  expect(table.rows.map((row) => row.map(({ text }) => text))).toEqual([
    ["people", "120", "100", "+20.0%", "60", "+100.0%"],
    ["mean", "¥150", "¥0", "–", "–", "–"],
    ["top_fifth", "50.0%", "45.0%", "+5.0 pp", "–", "–"],
  ]);
  expect(table.rows[0]!.map(({ comparison }) => comparison)).toEqual([
    undefined,
    undefined,
    0,
    undefined,
    1,
    undefined,
  ]);
});

it("says so in Chinese", () => {
  const table = againstTable(answer, distribution.against!, voices("zh-CN"));
  expect(table.columns.slice(0, 4).map(({ title }) => title)).toEqual(["指标", "本次", "上一周期", "变化"]);
  expect(table.rows[0]![0]!.text).toBe("people值");
});
