import type { GoalDefinition, GoalPart } from "@/api";

/** What is written in the form of one node; texts as typed, amounts in the unit people say. */
export interface DraftNode {
  en: string;
  zh: string;
  owner: string;
  metric: string;
  weight: number;
  /** Values of the property as text; an empty one is "not set". */
  values: string[];
  segment: string;
  target: number | null;
  days: [string, string] | null;
  watched: string[];
  how: "" | "sum" | "product" | "split";
  by: "property" | "segment";
  property: string;
  scope: "event" | "item" | "person";
  top: number;
  parts: DraftNode[];
  /** What the form does not show, kept as it was. */
  kept: Pick<GoalPart, "measures" | "values">;
}

/** How many of a metric's smallest units one written unit is: money is written in yuan. */
export type UnitOf = (metric: string) => number;

export function emptyNode(metric = ""): DraftNode {
  return {
    en: "",
    zh: "",
    owner: "",
    metric,
    weight: 1,
    values: [],
    segment: "",
    target: null,
    days: null,
    watched: [],
    how: "",
    by: "property",
    property: "channel",
    scope: "event",
    top: 6,
    parts: [],
    kept: { measures: [] },
  };
}

/** A definition as it is written; `whole` is the metric of the split it stands in. */
export function readNode(node: GoalDefinition | GoalPart, unitOf: UnitOf, whole = ""): DraftNode {
  const part = node as GoalPart;
  const metric = node.metric ?? whole;
  return {
    en: node.title.en,
    zh: node.title.zh,
    owner: node.owner ?? "",
    metric,
    weight: part.weight ?? 1,
    values: (part.values ?? []).map((value) => (value === null ? "" : String(value))),
    segment: part.segment ?? "",
    target: node.target ? node.target.value / unitOf(metric) : null,
    days: node.target?.from && node.target.to ? [node.target.from, node.target.to] : null,
    watched: node.measures.map((one) => one.metric),
    how: node.how ?? "",
    by: node.how === "split" && !node.by ? "segment" : "property",
    property: node.by?.property ?? "channel",
    scope: node.by?.scope ?? "event",
    top: node.by?.top ?? 6,
    parts: node.parts.map((one) => readNode(one, unitOf, metric)),
    kept: { measures: node.measures, ...(part.values ? { values: part.values } : {}) },
  };
}

function titled(node: DraftNode) {
  return { en: node.en || node.zh, zh: node.zh || node.en };
}

function common(node: DraftNode, unitOf: UnitOf, metric: string) {
  const target =
    node.target === null
      ? null
      : {
          value: Math.round(node.target * unitOf(metric) * 1e6) / 1e6,
          from: node.days?.[0] ?? null,
          to: node.days?.[1] ?? null,
        };
  const split = node.how === "split";
  return {
    owner: node.owner.trim() || null,
    target,
    measures: node.watched.map(
      (name) =>
        node.kept.measures.find((one) => one.metric === name) ?? { metric: name, weight: 1, target: null },
    ),
    how: node.how || null,
    by:
      split && node.by === "property"
        ? { property: node.property.trim(), scope: node.scope, top: node.top }
        : null,
    parts: node.how ? node.parts.map((part) => writePart(part, node, unitOf, metric)) : [],
  };
}

/** A value as it was, where it was there before: `1` typed again is the number it was. */
function typed(text: string, kept: GoalPart["values"]) {
  const before = kept?.find((value) => (value === null ? "" : String(value)) === text);
  return before === undefined ? (text === "" ? null : text) : before;
}

function writePart(part: DraftNode, above: DraftNode, unitOf: UnitOf, whole: string): GoalPart {
  const split = above.how === "split";
  const metric = split ? whole : part.metric;
  return {
    ...common(part, unitOf, metric),
    title: titled(part),
    metric: split ? null : part.metric,
    weight: above.how === "sum" ? part.weight : 1,
    values: split && above.by === "property" ? part.values.map((one) => typed(one, part.kept.values)) : null,
    segment: split && above.by === "segment" ? part.segment : null,
  };
}

export function writeGoal(node: DraftNode, unitOf: UnitOf, before?: GoalDefinition): GoalDefinition {
  return {
    ...common(node, unitOf, node.metric),
    title: titled(node),
    description: before?.description ?? null,
    metric: node.metric,
  };
}

/** Whether everything that must be said is said. */
export function isWritten(node: DraftNode, above?: DraftNode): boolean {
  if (!node.en && !node.zh) return false;
  if ((!above || above.how !== "split") && !node.metric) return false;
  if (above?.how === "split" && above.by === "property" && node.values.length === 0) return false;
  if (above?.how === "split" && above.by === "segment" && !node.segment) return false;
  if (node.how === "sum" || node.how === "product") {
    if (node.parts.length < 2) return false;
  } else if (node.how === "split") {
    if (node.by === "property" ? !node.property.trim() : node.parts.length === 0) return false;
  }
  return !node.how || node.parts.every((part) => isWritten(part, node));
}
