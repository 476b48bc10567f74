import { describe, expect, it } from "vitest";
import type { PersonLink } from "@/api";
import { hubOf, linkGraph } from "./link-graph";

function link(a: string, b: string, more: Partial<PersonLink> = {}): PersonLink {
  return {
    a,
    b,
    source: "login",
    time: "2026-11-01T00:00:00.000Z",
    received: "2026-11-01T00:00:00.000Z",
    rule: "same_event",
    confidence: 1,
    why: null,
    in_force: true,
    reason: "same_event",
    over: null,
    joins: true,
    ...more,
  };
}

const row = (graph: ReturnType<typeof linkGraph>, actor: string) =>
  graph.nodes.find((node) => node.actor === actor)!;

describe("the drawing of links", () => {
  it("is one identifier where nothing links it", () => {
    expect(linkGraph([], "user:1")).toEqual({
      nodes: [{ actor: "user:1", depth: 0, row: 0, apart: false }],
      edges: [],
      columns: 1,
      rows: 1,
      left: 0,
    });
  });

  it("puts what is linked a column on, and in the middle of its own", () => {
    const graph = linkGraph(
      [
        link("user:1", "device:a"),
        link("user:1", "unionid:u"),
        link("openid:x", "unionid:u"),
        link("unionid:u", "openid:y"),
      ],
      "user:1",
    );
    expect([graph.columns, graph.rows, graph.left]).toEqual([3, 3, 0]);
    expect(graph.nodes.map((node) => [node.actor, node.depth, node.row])).toEqual([
      ["user:1", 0, 0.75],
      ["device:a", 1, 0],
      ["unionid:u", 1, 1.5],
      ["openid:x", 2, 1],
      ["openid:y", 2, 2],
    ]);
    for (const edge of graph.edges) expect(edge.from.depth).toBeLessThan(edge.to.depth);
  });

  it("gives each place to one identifier only", () => {
    const links = Array.from({ length: 12 }, (_, n) =>
      link(`device:${Math.floor((n - 1) / 3)}`, `device:${n}`),
    );
    const graph = linkGraph([link("user:1", "device:-1"), ...links], "user:1");
    const places = graph.nodes.map((node) => `${node.depth}/${node.row}`);
    expect(new Set(places).size).toBe(graph.nodes.length);
    for (const column of Array.from({ length: graph.columns }, (_, n) => n)) {
      const rows = graph.nodes.filter((node) => node.depth === column).map((node) => node.row);
      rows.sort((one, other) => one - other);
      rows.slice(1).forEach((own, at) => expect(own - rows[at]!).toBeGreaterThanOrEqual(1));
    }
  });

  it("marks whom only refused links name", () => {
    const refused = link("user:2", "device:a", { in_force: false, joins: false, reason: "over_limit" });
    const graph = linkGraph([link("user:1", "device:a"), refused, link("user:2", "phone:2")], "user:1");
    expect(row(graph, "device:a").apart).toBe(false);
    expect(row(graph, "user:2").apart).toBe(true);
    expect(row(graph, "phone:2").apart).toBe(true);
    expect(graph.edges.map((edge) => edge.strength)).toEqual(["joins", "off", "joins"]);
  });

  it("draws a pair once, by the fact that joined it", () => {
    const graph = linkGraph(
      [link("user:1", "device:a", { joins: false }), link("device:a", "user:1", { source: "sign_up" })],
      "user:1",
    );
    expect(graph.edges.map((edge) => edge.link.source)).toEqual(["sign_up"]);
  });

  it("begins at what most links name", () => {
    const links = [link("card:1", "user:1"), link("user:1", "device:a"), link("user:1", "device:b")];
    expect(hubOf(links, "card:1")).toBe("user:1");
    expect(hubOf([link("card:1", "user:1")], "card:1")).toBe("card:1");
    expect(hubOf([link("user:2", "device:a", { in_force: false, joins: false })], "card:1")).toBe("card:1");
  });

  it("says how many found no room", () => {
    const links = Array.from({ length: 30 }, (_, n) => link("user:1", `device:${n}`));
    const graph = linkGraph(links, "user:1", 10);
    expect([graph.nodes.length, graph.left]).toEqual([10, 21]);
  });
});
