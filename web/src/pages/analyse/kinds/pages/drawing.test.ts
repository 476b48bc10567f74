import { expect, test } from "vitest";
import type { PageFigures, PagesResult, SourceFigures } from "@/api/questions";
import { light } from "@/ui/tokens";
import type { Look } from "@/charts";
import { pagesDrawing, pagesTable, sourcesTable } from "./drawing";

const say = (key: string) => key;
const look = {
  palette: light,
  narrow: false,
  say: {
    figure: (value: number | null) => String(value),
    percent: (rate: number | null) => String(rate),
    group: (label: unknown) => JSON.stringify(label),
    word: say,
  },
} as unknown as Look;

function page(name: string): PageFigures {
  return {
    page: [name],
    views: 4,
    people: 2,
    entries: 2,
    entry_people: 2,
    entry_share: 0.5,
    exits: 1,
    exit_people: 1,
    exit_rate: 0.25,
    bounces: 1,
    bounced_people: 1,
    bounce_rate: 0.5,
    seconds_mean: null,
    seconds_median: null,
  };
}

function source(group: SourceFigures["group"], conversions: number | null): SourceFigures {
  return {
    group,
    visits: 4,
    people: 3,
    new_people: 1,
    bounces: 1,
    bounced_people: 1,
    bounce_rate: 0.25,
    views: 8,
    pages_per_visit: 2,
    conversions,
    converted_people: conversions,
    conversion_rate: conversions === null ? null : conversions / 4,
    value: null,
  };
}

const result: PagesResult = {
  sources: [source(null, 1), source(["web"], 1)],
  pages: [page("/a"), page("$other")],
};

test("entries and exits open into their people, the rest by what is beside it", () => {
  const { cells } = pagesDrawing(result, ([name]) => String(name), look, say);
  expect(cells["entries/0"]).toEqual({ page: ["/a"], role: "entry" });
  expect(cells["exits/1"]).toEqual({ page: ["$other"], role: "exit", besides: [["/a"]] });
});

test("the bounce rate of a page opens those who bounced there", () => {
  const rows = pagesTable(result, ([name]) => String(name), look, say).rows;
  expect(rows[0]?.[5]?.cell).toEqual({ page: ["/a"], role: "entry", of: "bounced" });
});

test("without a goal nothing is said of it", () => {
  const heads = (one: PagesResult) => sourcesTable(one, look, say).columns.map(({ title }) => title);
  expect(heads(result)).toContain("figure.conversion_rate");
  expect(heads(result)).not.toContain("figure.value");
  expect(heads({ ...result, sources: [source(null, null)] })).not.toContain("figure.conversions");
});
