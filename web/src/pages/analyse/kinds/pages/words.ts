import type { Answer, GroupLabel, PageFigures, PagesCell, PagesParams, SourceFigures } from "@/api/questions";
import type { Editing, Say } from "@/editors";
import { kindSay } from "@/pages/analyse/kits";
import { difference, joined } from "@/pages/analyse/words";
import type { Line, Voices } from "@/pages/analyse/words";

/** Fewer visits than this tell nothing. */
const ENOUGH = 100;

export function pageName(label: GroupLabel, params: PagesParams, { names }: Editing, say: Say): string {
  const [value] = label;
  if (value === "$other") return say("other");
  if (value === null || value === undefined) return say("unset");
  return names.value(params.page?.property ?? "page", value) ?? String(value);
}

/** How many visits of how many people, how many are new, how many leave at once and how many convert. */
export function pagesLine(answer: Answer<"pages">, voices: Voices): Line<PagesCell> {
  const { editing, look } = voices;
  const say = kindSay("pages", editing.language);
  const total = answer.result.sources[0];
  if (!total || total.visits === 0) return { text: say("line.none"), slots: {} };
  const compared = answer.comparisons[0];
  const then = compared?.result.sources[0]?.visits;
  const figure = (value: number) => look.say.figure(value, "number");
  return joined<PagesCell>([
    {
      text: say("line.head"),
      slots: {
        people: { text: figure(total.people), cell: {}, title: say("figure.people") },
        visits: { text: figure(total.visits) },
        fresh: { text: figure(total.new_people), cell: { of: "new" }, title: say("figure.new_people") },
      },
    },
    compared && then
      ? difference(total.visits / then - 1, "share", { compared, asked: answer.params }, voices)
      : null,
    {
      text: say(total.conversion_rate === null ? "line.bounce" : "line.rest"),
      slots: {
        bounce: {
          text: look.say.percent(total.bounce_rate),
          cell: { of: "bounced" },
          title: say("figure.bounce_rate"),
        },
        goal: {
          text: look.say.percent(total.conversion_rate),
          cell: { of: "converted" },
          title: say("figure.conversion_rate"),
        },
      },
    },
  ]);
}

/** The source that converts best among those that matter, and the page that loses most of those who come in by it. */
export function pagesNotes(answer: Answer<"pages">, voices: Voices): Line<PagesCell>[] {
  const { editing, look } = voices;
  const say = kindSay("pages", editing.language);
  const { sources, pages } = answer.result;
  const named = sources.filter(
    ({ group, visits, conversion_rate }) =>
      group !== null && group[0] !== "$other" && visits >= ENOUGH && conversion_rate !== null,
  );
  const by = (rate: (one: SourceFigures) => number) => [...named].sort((a, b) => rate(b) - rate(a))[0];
  const best = by(({ conversion_rate }) => conversion_rate ?? 0);
  const worst = by(({ conversion_rate }) => -(conversion_rate ?? 0));
  const found: Line<PagesCell>[] = [];
  if (best && worst && best !== worst) {
    found.push({
      text: say("note.best", { best: look.say.group(best.group), worst: look.say.group(worst.group) }),
      slots: {
        high: {
          text: look.say.percent(best.conversion_rate),
          cell: { of: "converted", group: best.group },
          title: look.say.group(best.group),
        },
        low: {
          text: look.say.percent(worst.conversion_rate),
          cell: { of: "converted", group: worst.group },
          title: look.say.group(worst.group),
        },
      },
    });
  }
  const loses = pages
    .filter(({ page, entries }) => page[0] !== "$other" && entries >= ENOUGH)
    .sort((a: PageFigures, b: PageFigures) => b.bounces - a.bounces)[0];
  if (loses && loses.bounces > 0) {
    const name = pageName(loses.page, answer.params, editing, say);
    found.push({
      text: say("note.loses", { page: name }),
      slots: {
        entries: {
          text: look.say.figure(loses.entries, "number"),
          cell: { page: loses.page, role: "entry" },
          title: name,
        },
        rate: {
          text: look.say.percent(loses.bounce_rate),
          cell: { page: loses.page, role: "entry", of: "bounced" },
          title: name,
        },
      },
    });
  }
  return found;
}
