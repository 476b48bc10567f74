import type { Answer, PortraitCell, PortraitProperty, PortraitValue } from "@/api/questions";
import type { Look } from "@/charts";
import type { Say } from "@/editors";
import type { Names } from "@/editors/names";
import { kindSay } from "@/pages/analyse/kits";
import { joined } from "@/pages/analyse/words";
import type { Line, Voices } from "@/pages/analyse/words";

export interface Told {
  property: PortraitProperty;
  value: PortraitValue;
}

/** The values that mark the set, strongest first. That a value is missing says more of the data than of people. */
export function tellingValues(properties: readonly PortraitProperty[]): Told[] {
  const all = properties.flatMap((property) => property.values.map((value) => ({ property, value })));
  const strength = ({ value }: Told) => Math.abs(value.effect ?? 0);
  return all
    .filter(({ value }) => value.telling && value.label?.[0] !== null)
    .sort((one, two) => strength(two) - strength(one));
}

export function propertyName(property: PortraitProperty, names: Names, say: Say): string {
  if (property.name === "$orders" || property.name === "$spend") return say(`own.${property.name.slice(1)}`);
  if (property.kind === "count") return say("own.count", { name: names.event(property.name) });
  return names.property(property.name, "person");
}

export function valueName({ property, value }: Told, names: Names, look: Pick<Look, "say">): string {
  if (value.label) {
    const [entry] = value.label;
    if (entry === null || entry === undefined || entry === "$other") return look.say.group(value.label);
    return names.value(property.name, entry) ?? String(entry);
  }
  const format = property.kind === "money" ? "money" : "number";
  const plain = (n: number) => (property.kind === "numbers" ? String(n) : look.say.figure(n, format));
  if (value.low === null || value.high === null) return "";
  return value.low === value.high ? plain(value.low) : `${plain(value.low)} – ${plain(value.high)}`;
}

export function cellOf({ property, value }: Told): PortraitCell {
  return { property: property.property, label: value.label, low: value.low, high: value.high };
}

/** How many they are, and the two values that mark them most. */
export function portraitLine(answer: Answer<"portrait">, voices: Voices): Line<PortraitCell> {
  const { editing, look } = voices;
  const say = kindSay("portrait", editing.language);
  const { result } = answer;
  const head: Line<PortraitCell> = {
    text: say("line.people"),
    slots: {
      people: { text: look.say.figure(result.people, "number"), cell: {}, title: say("table.set") },
      base: {
        text: look.say.figure(result.base_people, "number"),
        cell: { base: true },
        title: say("table.base"),
      },
    },
  };
  const told = tellingValues(result.properties).slice(0, 2);
  if (told.length === 0) return joined([head, { text: say("line.nothing"), slots: {} }]);
  const marks = told.map((one, at): Line<PortraitCell> => ({
    text: say(at === 0 ? "line.mark" : "line.and_mark", {
      property: propertyName(one.property, editing.names, say),
      value: valueName(one, editing.names, look),
    }),
    slots: {
      share: {
        text: look.say.percent(one.value.share),
        cell: cellOf(one),
        title: valueName(one, editing.names, look),
      },
      base: { text: look.say.percent(one.value.base_share) },
      tgi: { text: look.say.figure(one.value.tgi === null ? null : Math.round(one.value.tgi), "number") },
    },
  }));
  return joined([head, ...marks, { text: say("line.stop"), slots: {} }]);
}

/** How to read it. */
export function portraitNotes({ result }: Answer<"portrait">, voices: Voices): Line<PortraitCell>[] {
  const say = kindSay("portrait", voices.editing.language);
  const found: Line<PortraitCell>[] = [{ text: say("note.tgi"), slots: {} }];
  if (result.both > 0) found.push({ text: say("note.both"), slots: {} });
  return found;
}
