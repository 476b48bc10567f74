import type { AttributionCell, AttributionGroup, AttributionResult, AttributionRow } from "@/api/questions";
import type { Look, TableCell, TableModel } from "@/charts";
import { cellOf, credit, creditsOf, size } from "./model";
import type { Called, ModelName, Stage } from "./model";

type Say = (key: string, values?: Record<string, string | number>) => string;
type Cell = TableCell<AttributionCell>;
export type Shows = "value" | "conversions" | "people";

export interface Reading {
  result: AttributionResult;
  group: AttributionGroup;
  model: ModelName;
  called: Called;
  say: Say;
  look: Look;
}

function share(now: number, then: number): number | null {
  return then === 0 ? null : now / then - 1;
}

/** Rows are touches, columns models; beside each figure how far it is from last touch. */
export function modelTable(reading: Reading, shows: Shows, stage: Stage): TableModel<AttributionCell> {
  const { result, group, model, called, say, look } = reading;
  const order: ModelName[] = [model, ...(model === "last" ? [] : (["last"] as const))];
  for (const one of result.models) if (!order.includes(one)) order.push(one);
  const format = shows === "value" ? "money" : "number";
  const whole = { value: group.value, conversions: group.conversions, people: group.people }[shows];
  const figure = (row: AttributionRow, one: ModelName): Cell => {
    const held = credit(result, row, one, stage);
    const raw = held[shows];
    const last = credit(result, row, "last", stage)[shows];
    const gap = one === "last" || shows === "people" ? null : share(raw ?? 0, last ?? 0);
    return {
      text: look.say.figure(shows === "conversions" ? Math.round((raw ?? 0) * 10) / 10 : raw, format),
      raw,
      cell: held.people > 0 ? cellOf(result, group, row, one, stage) : undefined,
      title: `${called(row.touch)} · ${say(`model.${one}`)}`,
      ...(gap !== null && row.touch !== null && Math.abs(gap) >= 0.005
        ? { note: `${gap > 0 ? "+" : "−"}${look.say.percent(Math.min(Math.abs(gap), 9.99))}` }
        : {}),
      tone: row.touch === null ? "quiet" : undefined,
    };
  };
  const total: Cell[] = [
    { text: say("row.total"), raw: say("row.total") },
    ...order.map((one): Cell => {
      const sum = group.rows.reduce((all, row) => all + (credit(result, row, one, stage)[shows] ?? 0), 0);
      const shown = shows === "people" ? null : sum;
      return {
        text: shown === null ? "" : look.say.figure(Math.round(shown), format),
        raw: shown,
        ...(one === "participation" && shown !== null ? { note: say("row.twice") } : {}),
      };
    }),
  ];
  return {
    caption: say("table.models"),
    columns: [
      { title: say("table.touch") },
      ...order.map((one) => ({ title: say(`model.${one}`), align: "right" as const })),
    ],
    rows: [
      ...group.rows.map((row): Cell[] => [
        { text: called(row.touch), raw: called(row.touch) },
        ...order.map((one) => figure(row, one)),
      ]),
      ...(whole === null || shows === "people" ? [] : [total]),
    ],
  };
}

/** What came back of what was spent, by the chosen model. */
export function moneyTable({
  result,
  group,
  model,
  called,
  say,
  look,
}: Reading): TableModel<AttributionCell> {
  const text = (raw: number | null | undefined, format: "money" | "ratio" | "percent" | "number"): Cell => ({
    text: raw === null || raw === undefined ? "–" : look.say.figure(raw, format),
    raw: raw ?? null,
  });
  const rows = group.rows.filter((row) => row.cost !== null && row.cost !== undefined);
  return {
    caption: say("table.money"),
    columns: [
      { title: say("table.touch") },
      ...(["cost", "conversions", "value", "roas", "roi", "cac", "cpo"] as const).map((key) => ({
        title: say(`money.${key}`),
        align: "right" as const,
      })),
    ],
    rows: rows.map((row): Cell[] => {
      const held = credit(result, row, model);
      return [
        { text: called(row.touch), raw: called(row.touch) },
        text(row.cost, "money"),
        {
          ...text(Math.round(held.conversions * 10) / 10, "number"),
          cell: held.people > 0 ? cellOf(result, group, row, model) : undefined,
          title: called(row.touch),
        },
        text(held.value, "money"),
        { ...text(held.roas, "ratio"), tone: (held.roas ?? 1) < 1 ? "down" : undefined },
        { ...text(held.roi, "percent"), tone: (held.roi ?? 0) < 0 ? "down" : undefined },
        text(held.cac, "money"),
        text(held.cpo, "money"),
      ];
    }),
  };
}

/** First and repeat orders of each touch, and what share of its credit is repeats. */
export function chainTable({
  result,
  group,
  model,
  called,
  say,
  look,
}: Reading): TableModel<AttributionCell> {
  const at = result.models.indexOf(model);
  const valued = group.value !== null;
  const stages = ["first", "repeat"] as const;
  return {
    caption: say("table.chain"),
    columns: [
      { title: say("table.touch") },
      ...stages.map((stage) => ({ title: say(`chain.${stage}`), align: "right" as const })),
      ...(valued
        ? stages.map((stage) => ({ title: say(`chain.${stage}_value`), align: "right" as const }))
        : []),
      { title: say("chain.share"), align: "right" as const },
    ],
    rows: group.rows.map((row): Cell[] => {
      const [first, repeat] = stages.map((stage) => creditsOf(row, stage)[at]!);
      const whole = size(first!) + size(repeat!);
      return [
        { text: called(row.touch), raw: called(row.touch) },
        ...stages.map((stage): Cell => {
          const held = credit(result, row, model, stage);
          return {
            text: look.say.figure(Math.round(held.conversions * 10) / 10, "number"),
            raw: held.conversions,
            cell: held.people > 0 ? cellOf(result, group, row, model, stage) : undefined,
            title: `${called(row.touch)} · ${say(`chain.${stage}`)}`,
          };
        }),
        ...(valued
          ? stages.map((stage): Cell => {
              const { value } = credit(result, row, model, stage);
              return { text: look.say.figure(value, "money"), raw: value };
            })
          : []),
        {
          text: whole > 0 ? look.say.percent(size(repeat!) / whole) : "–",
          raw: whole > 0 ? size(repeat!) / whole : null,
        },
      ];
    }),
  };
}

/** The ways people took, most frequent first. */
export function pathTable({ group, called, say, look }: Reading): TableModel<AttributionCell> {
  const valued = group.value !== null;
  return {
    caption: say("table.paths"),
    columns: [
      { title: say("paths.path") },
      { title: say("shows.conversions"), align: "right" },
      { title: say("paths.share"), align: "right" },
      ...(valued ? [{ title: say("shows.value"), align: "right" as const }] : []),
      { title: say("shows.people"), align: "right" },
    ],
    rows: group.paths.map((path): Cell[] => {
      const name = `${path.longer ? "… → " : ""}${path.touches.map(called).join(" → ")}`;
      return [
        { text: name, raw: name },
        { text: look.say.figure(path.conversions, "number"), raw: path.conversions },
        {
          text: look.say.percent(path.conversions / group.conversions),
          raw: path.conversions / group.conversions,
        },
        ...(valued ? [{ text: look.say.figure(path.value, "money"), raw: path.value }] : []),
        {
          text: path.people === null ? "–" : look.say.figure(path.people, "number"),
          raw: path.people,
          cell:
            path.people === null
              ? undefined
              : { group: group.group, path: path.touches, longer: path.longer },
          title: name,
        },
      ];
    }),
  };
}

/** How often a touch helped, and how often it was the last. */
export function assistTable({ result, group, called, say, look }: Reading): TableModel<AttributionCell> {
  const whole = Math.max(group.conversions, 1);
  return {
    caption: say("table.assists"),
    columns: [
      { title: say("table.touch") },
      ...(["through", "assisted", "last", "ratio"] as const).map((key) => ({
        title: say(`assists.${key}`),
        align: "right" as const,
      })),
    ],
    rows: group.rows
      .filter((row) => row.touch !== null)
      .map((row): Cell[] => [
        { text: called(row.touch), raw: called(row.touch) },
        {
          text: look.say.percent((row.assisted + row.last) / whole),
          raw: (row.assisted + row.last) / whole,
          cell: cellOf(result, group, row, "participation"),
          title: called(row.touch),
        },
        { text: look.say.figure(row.assisted, "number"), raw: row.assisted },
        {
          text: look.say.figure(row.last, "number"),
          raw: row.last,
          cell: row.last > 0 ? cellOf(result, group, row, "last") : undefined,
          title: called(row.touch),
        },
        {
          text: row.last > 0 ? look.say.figure(row.assisted / row.last, "ratio") : "–",
          raw: row.last > 0 ? row.assisted / row.last : null,
        },
      ]),
  };
}

/** Every model against the tests, the nearest first. */
export function liftTable({ result, called, say, look }: Reading): TableModel<AttributionCell> {
  const models = result.lift?.models ?? [];
  const touch = (orders: number, name: Parameters<Called>[0] | undefined, way: "over" | "under"): Cell => ({
    text:
      name && orders >= 0.5
        ? `${called(name)} ${way === "over" ? "+" : "−"}${look.say.figure(Math.round(orders), "number")}`
        : "–",
    raw: orders,
  });
  return {
    caption: say("table.lift"),
    columns: [
      { title: say("lift.model") },
      { title: say("lift.error"), align: "right" },
      { title: say("lift.bias"), align: "right" },
      { title: say("lift.over"), align: "right" },
      { title: say("lift.under"), align: "right" },
    ],
    rows: models.map((one, at): Cell[] => [
      {
        text: say(`model.${one.model}`),
        raw: say(`model.${one.model}`),
        ...(at === 0 ? { note: say("lift.nearest") } : {}),
      },
      { text: look.say.percent(one.error), raw: one.error },
      {
        text: `${one.bias > 0 ? "+" : one.bias < 0 ? "−" : ""}${look.say.percent(Math.abs(one.bias))}`,
        raw: one.bias,
      },
      touch(one.over_orders, one.over, "over"),
      touch(one.under_orders, one.under, "under"),
    ]),
  };
}
