/** Sources and pages as bars and tables. */
import type { GroupLabel, PageFigures, PagesCell, PagesResult, SourceFigures } from "@/api/questions";
import { plotDrawing } from "@/charts";
import type { Drawing, Format, Look, TableCell, TableModel } from "@/charts";
import type { Say } from "@/editors";

export const VIEWS = ["sources", "pages"] as const;
export type View = (typeof VIEWS)[number];
export type PageName = (label: GroupLabel) => string;
export const BARS = 12;

export const SOURCE_FORMATS = {
  visits: "number",
  people: "number",
  new_people: "number",
  views: "number",
  pages_per_visit: "ratio",
  bounce_rate: "percent",
  conversions: "number",
  converted_people: "number",
  conversion_rate: "percent",
  value: "money",
} as const satisfies Partial<Record<keyof SourceFigures, Format>>;

/** The sources, or everyone where nobody asked for them. */
export function sourcesOf(result: PagesResult): SourceFigures[] {
  const split = result.sources.filter(({ group }) => group !== null);
  return split.length > 0 ? split : result.sources;
}

/** How many visits come from each source, and what share of them converts. */
export function sourcesDrawing(result: PagesResult, look: Look, say: Say): Drawing<PagesCell> {
  const rows = sourcesOf(result).slice(0, BARS);
  const all = result.sources[0]?.visits ?? 0;
  return plotDrawing<PagesCell>(
    {
      lying: true,
      names: rows.map(({ group }) => look.say.group(group)),
      series: [
        {
          id: "visits",
          name: say("figure.visits"),
          colour: look.palette.accent,
          values: rows.map(({ visits }) => visits),
          cells: rows.map(({ group }) => ({ group })),
          notes: rows.map(({ visits, conversion_rate }) =>
            conversion_rate === null
              ? look.say.percent(all ? visits / all : null)
              : say("chart.converts", { rate: look.say.percent(conversion_rate) }),
          ),
        },
      ],
    },
    look,
  );
}

/** Where visits begin beside where they end, page by page. */
export function pagesDrawing(
  result: PagesResult,
  name: PageName,
  look: Look,
  say: Say,
  hidden: ReadonlySet<string> = new Set(),
): Drawing<PagesCell> {
  const rows = result.pages.slice(0, BARS);
  const besides = besidesOf(result);
  const bars = (
    id: "entries" | "exits",
    role: PagesCell["role"],
    colour: string,
    rate: keyof PageFigures,
  ) => ({
    id,
    name: say(`figure.${id}`),
    colour,
    values: rows.map((row) => row[id]),
    cells: rows.map((row) => pageCell(row, role, besides)),
    notes: rows.map((row) => look.say.percent(row[rate] as number | null)),
  });
  const { palette } = look;
  return plotDrawing<PagesCell>(
    {
      lying: true,
      names: rows.map(({ page }) => name(page)),
      series: [
        bars("entries", "entry", palette.accent, "entry_share"),
        bars("exits", "exit", palette.series[1], "exit_rate"),
      ].filter(({ id }) => !hidden.has(id)),
    },
    look,
  );
}

function besidesOf(result: PagesResult): GroupLabel[] {
  return result.pages.map(({ page }) => page).filter((page) => page[0] !== "$other");
}

function pageCell({ page }: PageFigures, role: PagesCell["role"], besides: GroupLabel[]): PagesCell {
  return { page, role, ...(page[0] === "$other" ? { besides } : {}) };
}

/** Every source with what its visits bring. */
export function sourcesTable(result: PagesResult, look: Look, say: Say): TableModel<PagesCell> {
  const goal = (result.sources[0]?.conversions ?? null) !== null;
  const money = (result.sources[0]?.value ?? null) !== null;
  const columns = (Object.keys(SOURCE_FORMATS) as (keyof typeof SOURCE_FORMATS)[]).filter(
    (column) =>
      (goal || !["conversions", "converted_people", "conversion_rate"].includes(column)) &&
      (money || column !== "value"),
  );
  const of: Partial<Record<keyof SourceFigures, PagesCell["of"]>> = {
    people: "visits",
    new_people: "new",
    bounce_rate: "bounced",
    converted_people: "converted",
  };
  return {
    caption: say("sources"),
    columns: [
      { title: say("source") },
      ...columns.map((column) => ({ title: say(`figure.${column}`), align: "right" as const })),
    ],
    rows: result.sources.map((source): TableCell<PagesCell>[] => {
      const name = look.say.group(source.group);
      return [
        { text: name, raw: name },
        ...columns.map((column): TableCell<PagesCell> => {
          const opens = of[column];
          return {
            text: look.say.figure(source[column], SOURCE_FORMATS[column]),
            raw: source[column],
            title: `${name} · ${say(`figure.${column}`)}`,
            ...(opens ? { cell: { of: opens, group: source.group } } : {}),
          };
        }),
      ];
    }),
  };
}

/** Every page: who sees it, who comes in by it, who leaves from it. */
export function pagesTable(result: PagesResult, name: PageName, look: Look, say: Say): TableModel<PagesCell> {
  const besides = besidesOf(result);
  const columns = [
    ["views", "number"],
    ["people", "number", "view"],
    ["entries", "number"],
    ["entry_share", "percent", "entry"],
    ["bounce_rate", "percent", "bounced"],
    ["exits", "number"],
    ["exit_rate", "percent", "exit"],
    ["seconds_median", "seconds"],
    ["seconds_mean", "seconds"],
  ] as const;
  return {
    caption: say("pages"),
    columns: [
      { title: say("page") },
      ...columns.map(([column]) => ({ title: say(`figure.${column}`), align: "right" as const })),
    ],
    rows: result.pages.map((row): TableCell<PagesCell>[] => {
      const words = name(row.page);
      return [
        { text: words, raw: words },
        ...columns.map(([column, format, role]): TableCell<PagesCell> => ({
          text: look.say.figure(row[column], format),
          raw: row[column],
          title: `${words} · ${say(`figure.${column}`)}`,
          ...(role
            ? {
                cell:
                  role === "bounced"
                    ? { ...pageCell(row, "entry", besides), of: "bounced" as const }
                    : pageCell(row, role, besides),
              }
            : {}),
        })),
      ];
    }),
  };
}
