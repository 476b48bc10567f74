import type { PortraitCell, PortraitProperty } from "@/api/questions";
import type { Look, TableCell, TableModel } from "@/charts";
import type { Say } from "@/editors";
import type { Names } from "@/editors/names";
import { cellOf, propertyName, valueName } from "./words";

/** A row a value of some properties; what marks the set is coloured. */
export function valuesTable(
  properties: readonly PortraitProperty[],
  names: Names,
  look: Look,
  say: Say,
): TableModel<PortraitCell> {
  const right = (title: string) => ({ title, align: "right" as const });
  const rate = (raw: number | null): TableCell<PortraitCell> => ({ text: look.say.percent(raw), raw });
  return {
    caption: say("table.values"),
    columns: [
      { title: say("table.property") },
      { title: say("table.value") },
      right(say("table.people")),
      right(say("table.share")),
      right(say("table.base_share")),
      right("TGI"),
      right(say("table.q")),
    ],
    rows: properties.flatMap((property) =>
      property.values.map((value, at) => {
        const told = { property, value };
        const called = propertyName(property, names, say);
        const name = valueName(told, names, look);
        return [
          { text: at === 0 ? called : "", raw: called },
          { text: name, raw: name },
          {
            text: look.say.figure(value.people, "number"),
            raw: value.people,
            cell: cellOf(told),
            title: `${called} · ${name}`,
          },
          rate(value.share),
          {
            ...rate(value.base_share),
            cell: { ...cellOf(told), base: true },
            title: `${called} · ${name} · ${say("table.base")}`,
          },
          {
            text: value.tgi === null ? "–" : look.say.figure(Math.round(value.tgi), "number"),
            raw: value.tgi,
            tone: !value.telling || value.tgi === null ? undefined : value.tgi > 100 ? "up" : "down",
          } as TableCell<PortraitCell>,
          {
            text: significance(value.q_value, say),
            raw: value.q_value,
            tone: value.telling ? undefined : "quiet",
          } as TableCell<PortraitCell>,
        ];
      }),
    ),
  };
}

/** Whether a value can be told from chance, for all values held together. */
export function significance(q: number | null, say: Say): string {
  if (q === null) return say("few");
  if (q < 0.001) return "q < 0.001";
  return `q = ${q.toFixed(3)}`;
}

/** A year is read without a sign between thousands. */
const isYear = (property: string) => /(^|_)year$/.test(property);

/** A row a number: means and medians of both. */
export function numbersTable(
  properties: readonly PortraitProperty[],
  names: Names,
  look: Look,
  say: Say,
): TableModel<PortraitCell> {
  const right = (title: string) => ({ title, align: "right" as const });
  const own = properties.filter(({ kind }) => kind === "numbers" || kind === "count" || kind === "money");
  return {
    caption: say("table.numbers"),
    columns: [
      { title: say("table.property") },
      right(say("table.mean")),
      right(say("table.base_mean")),
      right(say("table.median")),
      right(say("table.base_median")),
    ],
    rows: own.map((property) => {
      const name = propertyName(property, names, say);
      const figure = (raw: number | null): TableCell<PortraitCell> => ({
        text:
          raw === null
            ? "–"
            : isYear(property.name)
              ? raw.toFixed(1).replace(/\.0$/, "")
              : look.say.figure(raw, property.kind === "money" ? "money" : "ratio"),
        raw,
      });
      return [
        { text: name, raw: name },
        figure(property.mean),
        figure(property.base_mean),
        figure(property.median),
        figure(property.base_median),
      ];
    }),
  };
}
