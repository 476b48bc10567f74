import type { Answer, Compared, Driver, DriversCell, Tested } from "@/api/questions";
import type { Editing } from "@/editors";
import { stepWords } from "@/editors";
import { points } from "@/format";
import type { Language } from "@/format";
import { difference, joined } from "@/pages/analyse/words";
import type { Line, Voices } from "@/pages/analyse/words";

export type DriversKind = "retention_drivers" | "conversion_drivers";
export type DriversParams = Answer<DriversKind>["params"];

/** A behaviour at one number of times. */
export interface Told {
  driver: Driver;
  one: Tested;
  /** "Add to cart ≥ 3×". */
  label: string;
}

export function driverName(driver: Driver, params: DriversParams, editing: Editing): string {
  const step = typeof driver.behaviour === "number" ? params.behaviours?.[driver.behaviour] : undefined;
  return step ? stepWords(step, editing) : editing.names.event(driver.name);
}

/** At how many times a behaviour says most; without a test the first number of times. */
export function bestOf(driver: Driver): Tested | undefined {
  return driver.tests.find(({ times }) => times === driver.best) ?? driver.tests[0];
}

export function told(driver: Driver, one: Tested, params: DriversParams, editing: Editing): Told {
  const name = driverName(driver, params, editing);
  const label = one.times === 1 ? name : editing.say("drivers.times", { name, n: one.times });
  return { driver, one, label };
}

/** Every behaviour at its best number of times, or one behaviour at each. */
export function rowsOf(
  drivers: readonly Driver[],
  picked: Driver | null,
  params: DriversParams,
  editing: Editing,
): Told[] {
  if (picked) return picked.tests.map((one) => told(picked, one, params, editing));
  return drivers.flatMap((driver) => {
    const one = bestOf(driver);
    return one ? [told(driver, one, params, editing)] : [];
  });
}

export function cellOf({ driver, one }: Told, did: boolean, reached: boolean | null): DriversCell {
  return { behaviour: driver.behaviour, times: one.times, did, reached, left_out: null };
}

/** An interval in percentage points, the unit left to the figure before it. */
export function range(low: number | null, high: number | null, language: Language): string {
  if (low === null || high === null) return "";
  return [low, high].map((end) => points(end, language).split(" ")[0]).join(" … ");
}

/** How many they are and how many reach the outcome, and what goes with it most. */
export function driversLine(answer: Answer<DriversKind>, { editing, look }: Voices): Line<DriversCell> {
  const { say } = editing;
  const { result, kind, params } = answer;
  const compared = answer.comparisons[0] as Compared | undefined;
  const then = answer.comparisons[0]?.result.rate ?? null;
  const change =
    compared && then !== null && result.rate !== null
      ? difference<DriversCell>(result.rate - then, "points", { compared, asked: params }, { editing, look })
      : null;
  const reached = say(`drivers.${kind}.reached`);
  const head: Line<DriversCell> = {
    text: say(`drivers.${kind}.line`),
    slots: {
      people: {
        text: look.say.figure(result.people, "number"),
        cell: {},
        title: say("drivers.head.behaviour"),
      },
      rate: { text: look.say.percent(result.rate), cell: { reached: true }, title: reached },
    },
  };
  const [first] = rowsOf(result.drivers, null, params, editing);
  if (!first?.one.telling) return joined([head, change, { text: say("drivers.line.nothing"), slots: {} }]);
  const { one, label } = first;
  return joined([
    head,
    change,
    {
      text: say(`drivers.line.${one.word}${one.times > 1 ? "_times" : ""}`, {
        name: driverName(first.driver, params, editing),
        n: one.times,
      }),
      slots: {
        did: {
          text: look.say.percent(one.rate_did),
          cell: cellOf(first, true, true),
          title: `${label} · ${reached}`,
          tone: one.word === "did" ? "up" : "down",
        },
        other: {
          text: look.say.percent(one.rate_not),
          cell: cellOf(first, false, true),
          title: `${say("drivers.head.not_did")} · ${label} · ${reached}`,
        },
      },
    },
  ]);
}

/** What it does not say, how much is left among the equally active, and who is left out. */
export function driversNotes(answer: Answer<DriversKind>, { editing, look }: Voices): Line<DriversCell>[] {
  const { say, language } = editing;
  const { result, params } = answer;
  const found: Line<DriversCell>[] = [{ text: say("drivers.note.cause"), slots: {} }];
  const [first] = rowsOf(result.drivers, null, params, editing);
  if (first?.one.telling && first.one.adjusted !== null) {
    const text = points(first.one.adjusted, language);
    found.push({ text: say("drivers.note.equal"), slots: { points: { text } } });
  }
  for (const why of ["unfinished", "early"] as const) {
    if (result[why] === 0) continue;
    const slot = { text: look.say.figure(result[why], "number"), cell: { left_out: why }, title: "" };
    found.push({
      text: say(`drivers.note.${why}`),
      slots: { n: { ...slot, title: say(`drivers.note.${why}`).replace("{n}", slot.text) } },
    });
  }
  if (result.tested > 0) found.push({ text: say("drivers.note.tests", { n: result.tested }), slots: {} });
  return found;
}
