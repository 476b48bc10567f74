/** What stands at the steps of a path, in words, as steps of a question, and as cells that open. */
import type { GroupLabel, PathGroup, PathLink, PathsCell, PathsParams, Step, Test } from "@/api/questions";
import { cleanedTests } from "@/editors/clean";
import type { Editing, Say } from "@/editors";
import { exact } from "@/format";

export const ENTRY = "$entry";
export const EXIT = "$exit";
export const MORE = "$more";
export const OTHER = "$other";
const MARKS: Record<string, string> = {
  [ENTRY]: "entry",
  [EXIT]: "exit",
  [MORE]: "further",
  [OTHER]: "other",
};

/** Whether a label is no node of its own: a way in or out, what goes on, the rest. */
export function isMark(label: GroupLabel): boolean {
  return label.length === 1 && String(label[0]) in MARKS;
}

export interface Naming {
  editing: Editing;
  say: Say;
  params: PathsParams;
}

/** What a node is called: its event, with its properties where it has some. */
export function nodeName(label: GroupLabel, { editing, say, params }: Naming): string {
  const [event, ...values] = label;
  if (isMark(label)) return say(`node.${MARKS[String(event)]}`);
  const told = values.flatMap((value, at) => {
    if (value === null) return [];
    const property = params.by?.[at]?.property ?? "";
    const known = typeof value === "number" ? exact(value, editing.language) : String(value);
    return [editing.names.value(property, value) ?? known];
  });
  return [editing.names.event(String(event)), ...told].join(" · ");
}

/** The step of a question that is this node; null for what is none. */
export function nodeStep(label: GroupLabel, params: PathsParams): Step | null {
  if (isMark(label)) return null;
  const [event, ...values] = label;
  const filters = values.flatMap((value, at): Test[] => {
    const by = params.by?.[at];
    if (value === null || !by) return [];
    if (by.clean?.length) return cleanedTests(by, String(value));
    return [{ property: by.property, scope: by.scope ?? "event", kind: by.kind ?? null, op: "is", value }];
  });
  return { any_of: [{ event: String(event), filters }] };
}

/** The nodes that are named at a step. */
export function namedAt(group: PathGroup, at: number): GroupLabel[] {
  const step = group.steps.find((each) => each.at === at);
  return (step?.nodes ?? []).map(({ node }) => node).filter((node) => node[0] !== OTHER);
}

export function nodeCell(group: PathGroup, at: number, node: GroupLabel): PathsCell {
  return { at, node, besides: node[0] === OTHER ? namedAt(group, at) : [], group: group.group };
}

/** A node wherever it stands. */
export function anywhereCell(group: PathGroup, node: GroupLabel): PathsCell {
  return { node, besides: node[0] === OTHER ? group.matrix.nodes : [], group: group.group };
}

export function linkCell(group: PathGroup, { at, source, target }: PathLink): PathsCell {
  return {
    at,
    node: source,
    next: target,
    besides: source[0] === OTHER ? namedAt(group, at) : [],
    besides_next: target[0] === OTHER ? namedAt(group, at + 1) : [],
    group: group.group,
  };
}

export function moveCell(group: PathGroup, source: GroupLabel, target: GroupLabel): PathsCell {
  const named = group.matrix.nodes;
  return {
    node: source,
    next: target,
    besides: source[0] === OTHER ? named : [],
    besides_next: target[0] === OTHER ? named : [],
    group: group.group,
  };
}

export function sameNode(one: GroupLabel, two: GroupLabel): boolean {
  return JSON.stringify(one) === JSON.stringify(two);
}
