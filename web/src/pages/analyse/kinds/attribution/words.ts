import type { Answer, AttributionCell, AttributionRow } from "@/api/questions";
import { joined } from "@/pages/analyse/words";
import type { Line, Slot, Voices } from "@/pages/analyse/words";
import { kindSay } from "@/pages/analyse/kits";
import { caller, cellOf, credit, everyone, gaps, modelOf, size, touched } from "./model";

type Told = Line<AttributionCell>;

/** What the model says of the leading touch, and what last touch gives too much and too little next to it. */
export function attributionLine(answer: Answer<"attribution">, { editing, look }: Voices): Told {
  const say = kindSay("attribution", editing.language);
  const { result, params } = answer;
  const group = everyone(result);
  const model = modelOf(params);
  const called = caller(answer, editing, say);
  const format = group.value === null ? "number" : "money";
  if (group.conversions === 0) return { text: say("line.none"), slots: {} };
  const figure = (row: AttributionRow, one = model): Slot<AttributionCell> => ({
    text: look.say.figure(rounded(size(credit(result, row, one)), format), format),
    cell: cellOf(result, group, row, one),
    title: called(row.touch),
  });
  const whole = size({ conversions: group.conversions, value: group.value, people: 0 });
  const top = touched(group)[0];
  const head: Told = {
    text: say(top ? "line.head" : "line.nobody"),
    slots: {
      orders: {
        text: look.say.figure(group.conversions, "number"),
        cell: { group: null },
        title: say("row.total"),
      },
      ...(top
        ? {
            name: { text: called(top.touch) },
            n: figure(top),
            share: { text: look.say.percent(whole ? size(credit(result, top, model)) / whole : null) },
            model: { text: say(`model.${model}`) },
          }
        : {}),
    },
  };
  const { over, under } = gaps(result, group, model);
  const missing = (way: "over" | "under", gap: typeof over): Told | null => {
    if (!gap || whole === 0 || Math.abs(gap.off) / whole < 0.002) return null;
    return {
      text: say(`line.${way}`),
      slots: {
        name: { text: called(gap.row.touch) },
        off: {
          text: look.say.figure(rounded(Math.abs(gap.off), format), format),
          cell: cellOf(result, group, gap.row, "last"),
          title: `${called(gap.row.touch)} · ${say("model.last")}`,
          tone: way === "over" ? "down" : "up",
        },
      },
    };
  };
  const tail = model === "last" ? [] : [missing("over", over), missing("under", under)];
  const told = tail.filter((line) => line !== null);
  return joined([
    head,
    ...(told.length > 0 ? [{ text: say("line.next"), slots: {} }] : []),
    told[0] ?? null,
    ...(told.length > 1 ? [{ text: say("line.and"), slots: {} }, told[1]!] : []),
    { text: say("line.stop"), slots: {} },
  ]);
}

function rounded(value: number, format: "number" | "money"): number {
  return format === "money" ? Math.round(value) : Math.round(value * 10) / 10;
}

/** Conversions without a touch, money spent where nobody came from, and which model is nearest to the tests. */
export function attributionNotes(answer: Answer<"attribution">, { editing, look }: Voices): Told[] {
  const say = kindSay("attribution", editing.language);
  const { result, params } = answer;
  const group = everyone(result);
  const called = caller(answer, editing, say);
  const notes: Told[] = [];
  const bare = group.rows.find((row) => row.touch === null);
  const untouched = bare ? credit(result, bare, "last") : null;
  if (untouched && untouched.conversions > 0) {
    notes.push({
      text: say("note.untouched", { days: params.within_days ?? 30 }),
      slots: {
        n: {
          text: look.say.figure(untouched.conversions, "number"),
          cell: { untouched: true },
          title: say("row.untouched"),
        },
        share: { text: look.say.percent(untouched.conversions / group.conversions) },
      },
    });
  }
  const [nearest] = result.lift?.models ?? [];
  const last = result.lift?.models.find((one) => one.model === "last");
  if (nearest && last) {
    notes.push({
      text: say(nearest.model === "last" ? "note.nearest_last" : "note.nearest"),
      slots: {
        model: { text: say(`model.${nearest.model}`) },
        error: { text: look.say.percent(nearest.error) },
        last: { text: look.say.percent(last.error) },
      },
    });
    if (nearest.under && nearest.under_orders >= 1) {
      notes.push({
        text: say("note.unseen"),
        slots: {
          name: { text: called(nearest.under) },
          n: { text: look.say.figure(Math.round(nearest.under_orders), "number") },
        },
      });
    }
  }
  const losing = group.rows.filter((row) => {
    const { roas } = credit(result, row, modelOf(params));
    return roas !== null && roas !== undefined && roas < 1;
  });
  if (losing[0]) {
    notes.push({
      text: say("note.losing"),
      slots: {
        name: { text: called(losing[0].touch) },
        roas: { text: look.say.figure(credit(result, losing[0], modelOf(params)).roas ?? null, "ratio") },
      },
    });
  }
  if (result.cost && (result.cost_elsewhere ?? 0) / result.cost >= 0.01) {
    notes.push({
      text: say("note.elsewhere"),
      slots: { cost: { text: look.say.figure(result.cost_elsewhere ?? 0, "money") } },
    });
  }
  return notes;
}
