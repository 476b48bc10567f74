import type { Answer, HeatmapCell, HeatmapElement } from "@/api/questions";
import { kindSay } from "@/pages/analyse/kits";
import { difference, joined } from "@/pages/analyse/words";
import type { Line, Voices } from "@/pages/analyse/words";
import { cellOf, elementName, fails } from "./drawing";

/** Fewer clicks than this tell nothing. */
const ENOUGH = 10;

/** How often whom the page sees clicks, and how much of it is in vain. */
export function heatmapLine(answer: Answer<"heatmap">, voices: Voices): Line<HeatmapCell> {
  const { editing, look } = voices;
  const say = kindSay("heatmap", editing.language);
  const group = answer.result.groups[0];
  if (!group || group.clicks === 0) return { text: say("line.none"), slots: {} };
  const compared = answer.comparisons[0];
  const then = compared?.result.groups[0]?.clicks;
  return joined<HeatmapCell>([
    {
      text: say("line.head"),
      slots: {
        seen: {
          text: look.say.figure(group.seen, "number"),
          cell: { of: "seen" },
          title: say("figure.seen"),
        },
        people: { text: look.say.figure(group.people, "number"), cell: {}, title: say("figure.people") },
        clicks: { text: look.say.figure(group.clicks, "number") },
      },
    },
    compared && then
      ? difference(group.clicks / then - 1, "share", { compared, asked: answer.params }, voices)
      : null,
    {
      text: say("line.rest"),
      slots: {
        dead: {
          text: look.say.percent(group.dead_clicks / group.clicks),
          cell: { of: "dead" },
          title: say("figure.dead_clicks"),
        },
        rage: {
          text: look.say.percent(group.rage_clicks / group.clicks),
          cell: { of: "rage" },
          title: say("figure.rage_clicks"),
        },
      },
    },
  ]);
}

/** The element most clicked in vain and the one most clicked in anger, and what to do about them. */
export function heatmapNotes(answer: Answer<"heatmap">, voices: Voices): Line<HeatmapCell>[] {
  const { editing, look } = voices;
  const say = kindSay("heatmap", editing.language);
  const group = answer.result.groups[0];
  if (!group) return [];
  const known = group.elements.filter(({ element, clicks }) => element[0] !== "$other" && clicks >= ENOUGH);
  const most = (of: "dead_clicks" | "rage_clicks", elements: HeatmapElement[]) =>
    [...elements].sort((a, b) => b[of] - a[of])[0];
  const told = (kind: "dead" | "rage", element: HeatmapElement): Line<HeatmapCell> => {
    const name = elementName(element, say);
    return {
      text: say(`note.${kind}`, { element: name, path: String(element.element[0] ?? "") }),
      slots: {
        clicks: { text: look.say.figure(element[`${kind}_clicks`], "number") },
        people: {
          text: look.say.figure(element[`${kind}_people`], "number"),
          cell: cellOf(element, group, kind),
          title: name,
        },
      },
    };
  };
  const dead = most(
    "dead_clicks",
    known.filter((one) => fails(one) === "dead"),
  );
  const rage = most(
    "rage_clicks",
    known.filter(({ rage_clicks }) => rage_clicks >= 5),
  );
  return [
    ...(dead ? [told("dead", dead)] : []),
    ...(rage ? [told("rage", rage), ...angriest(answer, voices)] : []),
  ];
}

/** The group whose clicks come in anger at least half as often again as everyone's. */
function angriest({ result }: Answer<"heatmap">, { editing, look }: Voices): Line<HeatmapCell>[] {
  const say = kindSay("heatmap", editing.language);
  const [everyone, ...groups] = result.groups;
  const rate = ({ rage_clicks, clicks }: { rage_clicks: number; clicks: number }) => rage_clicks / clicks;
  const worst = groups
    .filter(({ group, rage_clicks }) => group?.[0] !== "$other" && rage_clicks >= 5)
    .sort((a, b) => rate(b) - rate(a))[0];
  if (!everyone || !worst || rate(worst) < 1.5 * rate(everyone)) return [];
  const name = look.say.group(worst.group);
  return [
    {
      text: say("note.group", { group: name }),
      slots: {
        rate: {
          text: look.say.percent(rate(worst)),
          cell: { of: "rage", group: worst.group },
          title: name,
        },
        all: { text: look.say.percent(rate(everyone)) },
      },
    },
  ];
}
