import { describe, expect, test } from "vitest";
import type { GroupLabel, PathGroup } from "@/api/questions";
import { look } from "@/charts/samples";
import type { Drawn } from "./drawing";
import { edges, flowDrawing, matrixTable, turnsTable, wholeName } from "./drawing";
import { anywhereCell, linkCell, nodeCell, nodeStep } from "./nodes";

const A: GroupLabel = ["view_item"];
const B: GroupLabel = ["purchase"];
const none = { less_after: 0, less_before: 0 };
const nothing = { different: 0, count: 0 };
const group: PathGroup = {
  group: null,
  paths: 10,
  people: 7,
  started_paths: 10,
  started_people: 7,
  converted_paths: 0,
  converted_people: 0,
  looping_paths: 0,
  ended_at_once: 4,
  steps: [
    { at: 0, nodes: [{ node: A, count: 10, people: 7, converted: 0, ...none }] },
    {
      at: 1,
      nodes: [
        { node: B, count: 5, people: 4, converted: 0, ...none },
        { node: ["$other"], count: 1, people: 1, converted: 0, ...none },
      ],
    },
  ],
  links: [
    { at: 0, source: A, target: B, count: 5, people: 4, converted: 0 },
    { at: 0, source: A, target: ["$other"], count: 1, people: 1, converted: 0 },
    { at: 0, source: A, target: ["$exit"], count: 4, people: 3, converted: 0 },
    { at: 1, source: B, target: ["$more"], count: 5, people: 4, converted: 0 },
    { at: 1, source: ["$other"], target: ["$exit"], count: 1, people: 1, converted: 0 },
  ],
  matrix: {
    nodes: [A],
    moves: [
      { source: A, target: A, count: 2, people: 2 },
      { source: A, target: ["$other"], count: 6, people: 5 },
      { source: ["$other"], target: ["$exit"], count: 1, people: 1 },
    ],
    less: nothing,
    less_from: [],
    less_to: [],
  },
  less: nothing,
  whole: [],
  less_whole: nothing,
  loops: [],
  exits: [],
};
const drawn: Drawn = { group, name: (label) => label.join("/"), say: (key) => key };

describe("paths as charts", () => {
  test("nodes of the flow are told apart by step, and each link has both of its ends", () => {
    const { option, nodes } = flowDrawing(drawn, look, null);
    const { data, links } = (
      option.series as {
        data: { name: string; depth: number }[];
        links: { source: string; target: string }[];
      }[]
    )[0]!;
    const names = data.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { source, target } of links) {
      expect(names).toContain(source);
      expect(names).toContain(target);
    }
    expect(data.map(({ depth }) => depth)).toEqual(nodes.map(({ at }) => at));
    expect(nodes.find(({ at, node }) => at === 0 && node === A)?.count).toBe(10);
    expect(nodes.find(({ at, node }) => at === 1 && node[0] === "$exit")?.count).toBe(4);
    expect(nodes.find(({ at, node }) => at === 1 && node[0] === "$other")?.count).toBe(1);
  });

  test("a node whose links are all too small is not drawn, and the others are as tall as all their paths", () => {
    const links = group.links.filter(({ count, source }) => count > 1 || source === A);
    const small = { ...group, links: links.filter(({ target }) => target[0] !== "$other") };
    const { option, nodes } = flowDrawing({ ...drawn, group: small }, look, null);
    const { data } = (option.series as { data: { value: number }[] }[])[0]!;
    expect(nodes.map(({ node }) => node[0])).toEqual(["view_item", "purchase", "$exit", "$more"]);
    expect(data.map(({ value }) => value)).toEqual([10, 5, 4, 5]);
  });

  test("shares of the matrix are of all moves, also of those not listed", () => {
    const matrix = {
      ...group.matrix,
      moves: group.matrix.moves.slice(0, 2),
      less: { different: 1, count: 1 },
      less_from: [{ node: A, count: 1 }],
      less_to: [{ node: ["$other"], count: 1 }],
    };
    const { rows } = matrixTable({ ...drawn, group: { ...group, matrix } }, look);
    expect(rows[0]?.map(({ raw }) => raw)).toEqual(["matrix.all", 9, 2, 7]);
    expect(rows[1]?.map(({ text }) => text)).toEqual(["view_item", "9", "22.2%", "66.7%"]);
  });

  test("other says beside which nodes it stands", () => {
    expect(nodeCell(group, 1, ["$other"])).toEqual({ at: 1, node: ["$other"], besides: [B], group: null });
    expect(linkCell(group, group.links[1]!)).toEqual({
      at: 0,
      node: A,
      next: ["$other"],
      besides: [],
      besides_next: [B],
      group: null,
    });
  });

  test("the matrix has shares of each row that open", () => {
    const table = matrixTable(drawn, look);
    const [head, total, own, other] = table.rows[1]!;
    expect([head?.raw, total?.raw, own?.raw, other?.raw]).toEqual(["view_item", 8, 2, 6]);
    expect(other?.cell).toMatchObject({ node: A, next: ["$other"], besides_next: [A] });
  });

  test("every loop and unexpected exit is told, and opens its people", () => {
    const told = {
      ...group,
      exits: [{ node: A, count: 9, exits: 6, expected: 2.4, people: 5 }],
      loops: [{ node: A, over: B, count: 4, people: 3 }],
    };
    const { rows } = turnsTable({ ...drawn, group: told }, look, true);
    expect(rows.map((row) => row.at(-1)?.cell)).toEqual([
      { node: A, next: ["$exit"], converted: false, group: null },
      { back: [A, B], group: null },
    ]);
    expect(rows[1]?.[1]?.text).toBe("view_item → purchase → view_item");
    expect(turnsTable(drawn, look, true).rows).toEqual([]);
  });

  test("a node of the graph stands anywhere, the rest is all but the named ones", () => {
    expect(anywhereCell(group, B)).toEqual({ node: B, besides: [], group: null });
    expect(anywhereCell(group, ["$other"]).besides).toEqual([A]);
  });

  test("the graph leaves out what stays where it is", () => {
    expect(edges(group).map(({ count }) => count)).toEqual([6, 1]);
  });

  test("a node becomes a step of a question with its properties", () => {
    const params = { anchor: { any_of: [] }, by: [{ property: "page" }] } as never;
    expect(nodeStep(["page_view", "/home"], params)?.any_of[0]?.filters).toMatchObject([
      { property: "page", op: "is", value: "/home", scope: "event" },
    ]);
    expect(nodeStep(["$exit"], params)).toBeNull();
    expect(wholeName([null, A, ["$exit"]], (label) => String(label[0]))).toBe("view_item → $exit");
  });
});
