import type { DriversCell } from "@/api/questions";
import type { Look, TableCell, TableModel } from "@/charts";
import type { Say } from "@/editors";
import { exact, points } from "@/format";
import type { Language } from "@/format";
import { cellOf, range } from "./words";
import type { DriversKind, Told } from "./words";

/** A row a behaviour and number of times: effects, then the four kinds of people. */
export function effectTable(
  rows: readonly Told[],
  kind: DriversKind,
  look: Look,
  say: Say,
  language: Language,
): TableModel<DriversCell> {
  const right = (title: string) => ({ title, align: "right" as const });
  const reached = say(`drivers.${kind}.reached`);
  const missed = say(`drivers.${kind}.missed`);
  const [did, not] = [say("drivers.head.did"), say("drivers.head.not_did")];
  return {
    caption: say("drivers.chart"),
    columns: [
      { title: say("drivers.head.behaviour") },
      right(say("drivers.head.difference")),
      right(say("drivers.head.equal")),
      right(say("drivers.head.lift")),
      ...[did, not].flatMap((side) => [right(side), right(reached), right(missed)]),
      right(say("drivers.head.phi")),
      right(say("drivers.head.q")),
    ],
    rows: rows.map((row): TableCell<DriversCell>[] => {
      const { one, label } = row;
      const change = (value: number | null, low: number | null, high: number | null) => ({
        text: points(value, language),
        raw: value,
        note: range(low, high, language),
      });
      const people = (count: number, side: boolean, came: boolean | null, note?: string) => ({
        text: look.say.figure(count, "number"),
        raw: count,
        cell: cellOf(row, side, came),
        title: [label, side ? did : not, came === null ? "" : came ? reached : missed]
          .filter(Boolean)
          .join(" · "),
        ...(note === undefined ? {} : { note }),
      });
      const tone = !one.telling
        ? ("quiet" as const)
        : one.word === "did"
          ? ("up" as const)
          : ("down" as const);
      return [
        { text: label, raw: label },
        { ...change(one.difference, one.low, one.high), tone },
        change(one.adjusted, one.adjusted_low, one.adjusted_high),
        { text: one.ratio === null ? "–" : `×${exact(one.ratio, language, 2)}`, raw: one.ratio },
        people(one.did, true, null),
        people(one.did_reached, true, true, look.say.percent(one.rate_did)),
        people(one.did - one.did_reached, true, false),
        people(one.not_did, false, null),
        people(one.not_did_reached, false, true, look.say.percent(one.rate_not)),
        people(one.not_did - one.not_did_reached, false, false),
        { text: one.phi === null ? "–" : exact(one.phi, language, 2), raw: one.phi },
        {
          text: chance(one.q_value, say),
          raw: one.q_value,
          tone: one.telling ? undefined : ("quiet" as const),
        },
      ];
    }),
  };
}

/** Whether a difference can be told from chance, all tests held together. */
export function chance(q: number | null, say: Say): string {
  if (q === null) return say("drivers.few");
  return q < 0.001 ? "q < 0.001" : `q = ${q.toFixed(3)}`;
}
