import type { PersonLink } from "@/api";

/** How strong a link is drawn: it joined two parts, it says so again, or it is not in force. */
export type Strength = "joins" | "also" | "off";
export interface GraphNode {
  actor: string;
  /** Column from the left. */
  depth: number;
  /** Place from the top, in rows; between two rows where it stands beside several. */
  row: number;
  /** Only links that are not in force name it together with the first. */
  apart: boolean;
}
export interface GraphEdge {
  from: GraphNode;
  to: GraphNode;
  link: PersonLink;
  strength: Strength;
}
export interface LinkGraph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  columns: number;
  rows: number;
  /** Identifiers that found no room. */
  left: number;
}

const RANK: Record<Strength, number> = { joins: 0, also: 1, off: 2 };

function strengthOf(link: PersonLink): Strength {
  return !link.in_force ? "off" : link.joins ? "joins" : "also";
}

/** Of the facts about a pair the one that tells most. */
function tellingMost(links: readonly PersonLink[]): PersonLink[] {
  const found = new Map<string, PersonLink>();
  for (const link of links) {
    const pair = [link.a, link.b].sort().join("\n");
    const known = found.get(pair);
    if (!known || RANK[strengthOf(link)] < RANK[strengthOf(known)]) found.set(pair, link);
  }
  return [...found.values()];
}

/**
 * Places identifiers in columns by how many links they are from `start`, each beside what links it, so that
 * lines that join do not cross. At most `room` identifiers.
 */
export function linkGraph(links: readonly PersonLink[], start: string, room = 24): LinkGraph {
  const told = tellingMost(links);
  const beside = new Map<string, { to: string; strength: Strength }[]>();
  for (const link of told) {
    const strength = strengthOf(link);
    for (const [one, to] of [
      [link.a, link.b],
      [link.b, link.a],
    ] as const) {
      beside.set(one, [...(beside.get(one) ?? []), { to, strength }]);
    }
  }
  const nodes = new Map<string, GraphNode>([[start, { actor: start, depth: 0, row: 0, apart: false }]]);
  const children = new Map<string, string[]>();
  const grow = (allowed: readonly Strength[]) => {
    const queue = [...nodes.keys()];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      for (const { to, strength } of beside.get(at) ?? []) {
        if (!allowed.includes(strength) || nodes.has(to) || nodes.size >= room) continue;
        const depth = nodes.get(at)!.depth + 1;
        nodes.set(to, { actor: to, depth, row: 0, apart: strength === "off" || nodes.get(at)!.apart });
        children.set(at, [...(children.get(at) ?? []), to]);
        queue.push(to);
      }
    }
  };
  grow(["joins"]);
  grow(["joins", "also"]);
  grow(["joins", "also", "off"]);
  let rows = 0;
  const place = (actor: string): number => {
    const own = (children.get(actor) ?? []).map(place);
    const node = nodes.get(actor)!;
    node.row = own.length > 0 ? (own[0]! + own[own.length - 1]!) / 2 : rows++;
    return node.row;
  };
  place(start);
  const edges = told.flatMap((link): GraphEdge[] => {
    const [one, other] = [nodes.get(link.a), nodes.get(link.b)];
    if (!one || !other || one === other) return [];
    const [from, to] = one.depth <= other.depth ? [one, other] : [other, one];
    return [{ from, to, link, strength: strengthOf(link) }];
  });
  const shown = [...nodes.values()];
  const named = new Set([start, ...told.flatMap((link) => [link.a, link.b])]);
  return {
    nodes: shown,
    edges,
    columns: 1 + Math.max(...shown.map((node) => node.depth)),
    rows,
    left: named.size - shown.length,
  };
}

/** Where a drawing of a whole person begins: what most links in force that joined name. */
export function hubOf(links: readonly PersonLink[], otherwise: string): string {
  const named = new Map<string, number>();
  for (const link of links) {
    if (!link.in_force || !link.joins) continue;
    for (const end of [link.a, link.b]) named.set(end, (named.get(end) ?? 0) + 1);
  }
  let hub = otherwise;
  for (const [actor, count] of named) if (count > (named.get(hub) ?? 0)) hub = actor;
  return hub;
}
