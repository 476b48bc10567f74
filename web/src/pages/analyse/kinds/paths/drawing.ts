/** Paths as charts: step-indexed nodes for the Sankey (it knows no cycles), moves for the graph, shares for the matrix. */
import type { GroupLabel, PathGroup, PathLink, PathsCell } from "@/api/questions";
import type { ChartOption, Look, TableCell, TableModel } from "@/charts";
import { faded, still, tip, tooltipBase } from "@/charts/look";
import type { Say } from "@/editors";
import { ENTRY, EXIT, isMark, linkCell, MORE, moveCell, nodeCell, OTHER, sameNode } from "./nodes";

/** Of all nodes, those a chart has room to name. */
const LABELLED = 0.02;
const EDGES = 28;

export interface Drawn {
  group: PathGroup;
  name: (label: GroupLabel) => string;
  say: Say;
}

export interface FlowNode {
  at: number;
  node: GroupLabel;
  count: number;
}

export interface Flow {
  option: ChartOption;
  nodes: FlowNode[];
  links: PathLink[];
}

/** One colour a node in every chart: the largest get the series, ways out the colour of loss. */
export function colours(group: PathGroup, { palette }: Pick<Look, "palette">) {
  const order = group.matrix.nodes.map((node) => JSON.stringify(node));
  return (label: GroupLabel): string => {
    if (label[0] === EXIT) return palette.loss;
    if (isMark(label)) return palette.edge;
    const at = order.indexOf(JSON.stringify(label));
    return at < 0 ? palette.ink3 : (palette.series[at % palette.series.length] ?? palette.accent);
  };
}

const key = (at: number, node: GroupLabel) => `${at}:${JSON.stringify(node)}`;

export function flowDrawing({ group, name, say }: Drawn, look: Look, chosen: FlowNode | null): Flow {
  const colour = colours(group, look);
  const nodes = new Map<string, FlowNode>();
  for (const { at, source, target, count } of group.links) {
    for (const [where, node] of [
      [at, source],
      [at + 1, target],
    ] as const) {
      const known = nodes.get(key(where, node));
      if (known) known.count += isMark(node) && node[0] !== OTHER ? count : 0;
      else nodes.set(key(where, node), { at: where, node, count: isMark(node) ? count : 0 });
    }
  }
  for (const step of group.steps) {
    for (const { node, count } of step.nodes) {
      const known = nodes.get(key(step.at, node));
      if (known) known.count = count;
      else nodes.set(key(step.at, node), { at: step.at, node, count });
    }
  }
  // A node whose links are all too small to list is not drawn; the anchor always is.
  const linked = new Set(
    group.links.flatMap(({ at, source, target }) => [key(at, source), key(at + 1, target)]),
  );
  const drawn = [...nodes.values()].filter(({ at, node }) => at === 0 || linked.has(key(at, node)));
  const first = Math.min(...drawn.map(({ at }) => at));
  const last = Math.max(...drawn.map(({ at }) => at));
  const large = Math.max(1, group.paths) * LABELLED;
  const room = look.compact ? 70 : Math.max(64, Math.min(150, Math.round(860 / (last - first + 1)) - 26));
  const option: ChartOption = {
    ...still,
    tooltip: {
      ...tooltipBase(look.palette),
      formatter: ({ dataType, dataIndex }: { dataType: string; dataIndex: number }) => {
        if (dataType === "node") {
          const { at, node, count } = drawn[dataIndex]!;
          const held = group.steps
            .find((step) => step.at === at)
            ?.nodes.find((each) => sameNode(each.node, node));
          const rows = [row(colour(node), say("paths"), look.say.figure(count, "number"), share(count))];
          if (held) rows.push(row("transparent", say("people"), look.say.figure(held.people, "number")));
          for (const side of ["less_before", "less_after"] as const) {
            if (held?.[side]) rows.push(row("transparent", say(side), look.say.figure(held[side], "number")));
          }
          return tip(`${stepName(at, say)} · ${name(node)}`, rows);
        }
        const link = group.links[dataIndex]!;
        return tip(`${name(link.source)} → ${name(link.target)}`, [
          row(colour(link.source), say("paths"), look.say.figure(link.count, "number"), share(link.count)),
          row("transparent", say("people"), look.say.figure(link.people, "number")),
        ]);
      },
    },
    series: [
      {
        id: "flow",
        type: "sankey",
        left: 2,
        top: 6,
        bottom: 6,
        right: room + 12,
        nodeWidth: 12,
        nodeGap: look.compact ? 6 : 11,
        layoutIterations: 24,
        draggable: false,
        emphasis: { focus: "adjacency" },
        labelLayout: { hideOverlap: true },
        data: drawn.map(({ at, node, count }) => ({
          name: key(at, node),
          depth: at - first,
          // As tall as all its paths, also those whose links are not drawn.
          value: count,
          itemStyle: {
            color: colour(node),
            borderColor: look.palette.ink,
            borderWidth: chosen && chosen.at === at && sameNode(chosen.node, node) ? 2 : 0,
          },
          label: {
            show: count >= large,
            formatter: `{n|${name(node)}}\n{c|${look.say.short(count, "number")}}`,
          },
        })),
        label: {
          width: room,
          overflow: "truncate",
          color: look.palette.ink,
          fontSize: 11,
          rich: {
            n: { fontSize: 11, lineHeight: 14, color: look.palette.ink, width: room, overflow: "truncate" },
            c: { fontSize: 11, lineHeight: 14, color: look.palette.ink3 },
          },
        },
        links: group.links.map(({ at, source, target, count }) => ({
          source: key(at, source),
          target: key(at + 1, target),
          value: count,
          lineStyle: {
            color: target[0] === EXIT ? faded(look.palette.loss, 0.28) : faded(colour(source), 0.24),
            curveness: 0.5,
            opacity: 1,
          },
        })),
      },
    ],
  };
  return { option, nodes: drawn, links: group.links };

  function share(count: number): string {
    return look.say.percent(group.paths > 0 ? count / group.paths : null);
  }
}

function row(colour: string, name: string, value: string, note = "") {
  return { colour, name, value, note };
}

/** 第 2 步, Step 2; the anchor itself is the start. */
export function stepName(at: number, say: Say): string {
  return at === 0 ? say("step.anchor") : say(at > 0 ? "step.after" : "step.before", { n: Math.abs(at) });
}

/** The moves that are drawn, largest first: between nodes and out, not into themselves. */
export function edges(group: PathGroup) {
  return group.matrix.moves
    .filter(({ source, target }) => ![ENTRY, MORE].includes(String(source[0])) && target[0] !== MORE)
    .filter(({ source, target }) => !sameNode(source, target))
    .sort((a, b) => b.count - a.count)
    .slice(0, EDGES);
}

export function graphDrawing({ group, name, say }: Drawn, look: Look) {
  const colour = colours(group, look);
  const moves = edges(group);
  const seen = new Map<string, { node: GroupLabel; count: number }>();
  for (const { source, target, count } of moves) {
    for (const node of [source, target]) {
      const held = seen.get(JSON.stringify(node));
      if (held) held.count += count;
      else seen.set(JSON.stringify(node), { node, count });
    }
  }
  const nodes = [...seen.values()];
  const most = Math.max(1, ...moves.map(({ count }) => count));
  const largest = Math.max(1, ...nodes.map(({ count }) => count));
  const option: ChartOption = {
    ...still,
    tooltip: {
      ...tooltipBase(look.palette),
      formatter: ({ dataType, dataIndex }: { dataType: string; dataIndex: number }) => {
        if (dataType === "node") return tip(name(nodes[dataIndex]!.node), []);
        const move = moves[dataIndex]!;
        return tip(`${name(move.source)} → ${name(move.target)}`, [
          row(colour(move.source), say("moves"), look.say.figure(move.count, "number")),
          row("transparent", say("people"), look.say.figure(move.people, "number")),
        ]);
      },
    },
    series: [
      {
        id: "graph",
        type: "graph",
        layout: "circular",
        circular: { rotateLabel: false },
        left: "16%",
        right: "16%",
        top: 46,
        bottom: 46,
        edgeSymbol: ["none", "arrow"],
        edgeSymbolSize: 7,
        emphasis: { focus: "adjacency" },
        data: nodes.map(({ node, count }) => ({
          name: JSON.stringify(node),
          symbolSize: 12 + 30 * Math.sqrt(count / largest),
          itemStyle: { color: colour(node) },
          label: {
            show: true,
            formatter: name(node),
            color: look.palette.ink,
            position: "right",
            fontSize: 12,
          },
        })),
        links: moves.map(({ source, target, count }) => ({
          source: JSON.stringify(source),
          target: JSON.stringify(target),
          lineStyle: {
            width: 1 + 8 * (count / most),
            curveness: 0.16,
            color: faded(target[0] === EXIT ? look.palette.loss : colour(source), 0.45),
          },
        })),
      },
    ],
  };
  return { option, nodes, moves };
}

/** From each node (row) to the next (column): how often, and which share of the node's moves. */
export function matrixTable({ group, name, say }: Drawn, look: Look): TableModel<PathsCell> {
  const moves = new Map(
    group.matrix.moves.map((move) => [JSON.stringify([move.source, move.target]), move] as const),
  );
  const rest = (side: "source" | "target", mark: string): GroupLabel[] =>
    group.matrix.moves.some((move) => move[side][0] === mark) ? [[mark]] : [];
  const rows = [...group.matrix.nodes, ...rest("source", OTHER), ...rest("source", ENTRY)];
  const columns = [
    ...group.matrix.nodes,
    ...rest("target", OTHER),
    ...rest("target", EXIT),
    ...rest("target", MORE),
  ];
  const { moves: listed, less, less_from: from, less_to: to } = group.matrix;
  const unlisted = (rests: typeof from, node: GroupLabel) =>
    rests.find((rest) => sameNode(rest.node, node))?.count ?? 0;
  const all = (target: GroupLabel) =>
    listed.reduce((sum, move) => sum + (sameNode(move.target, target) ? move.count : 0), 0) +
    unlisted(to, target);
  const everything = listed.reduce((sum, { count }) => sum + count, 0) + less.count;
  return {
    caption: say("matrix.caption"),
    columns: [
      { title: say("matrix.from") },
      { title: say("matrix.moves"), align: "right" },
      ...columns.map((node) => ({ title: name(node), align: "right" as const })),
    ],
    rows: [
      [
        { text: say("matrix.all"), raw: say("matrix.all") },
        { text: look.say.figure(everything, "number"), raw: everything },
        ...columns.map((target) => ({
          text: look.say.percent(everything ? all(target) / everything : null),
          raw: all(target),
        })),
      ],
      ...rows.map((source): TableCell<PathsCell>[] => {
        const own = columns.map((target) => moves.get(JSON.stringify([source, target])));
        const total = own.reduce((sum, move) => sum + (move?.count ?? 0), 0) + unlisted(from, source);
        return [
          { text: name(source), raw: name(source) },
          { text: look.say.figure(total, "number"), raw: total, tone: "quiet" },
          ...own.map((move, at): TableCell<PathsCell> => {
            if (!move) return { text: "", raw: 0, shade: null };
            const share = move.count / total;
            return {
              text: look.say.percent(share),
              raw: move.count,
              shade: Math.max(1, Math.min(5, Math.round(share * 6))),
              cell: moveCell(group, source, columns[at]!),
              title: `${name(source)} → ${name(columns[at]!)}`,
            };
          }),
        ];
      }),
    ],
  };
}

/** The most frequent paths from end to end. */
export function wholeTable({ group, name, say }: Drawn, look: Look, goal: boolean): TableModel<PathsCell> {
  return {
    caption: say("whole.caption"),
    columns: [
      { title: say("whole.path") },
      { title: say("whole.count"), align: "right" },
      { title: say("whole.share"), align: "right" },
      { title: say("whole.people"), align: "right" },
      ...(goal ? [{ title: say("whole.conversion"), align: "right" as const }] : []),
    ],
    rows: group.whole.map((path): TableCell<PathsCell>[] => {
      const words = wholeName(path.nodes, name);
      return [
        { text: words, raw: words },
        { text: look.say.figure(path.count, "number"), raw: path.count },
        { text: look.say.percent(path.share), raw: path.share },
        {
          text: look.say.figure(path.people, "number"),
          raw: path.people,
          cell: { whole: path.nodes, group: group.group },
          title: words,
        },
        ...(goal
          ? [{ text: look.say.percent(path.converted / path.count), raw: path.converted / path.count }]
          : []),
      ];
    }),
  };
}

/** Where people turn back, and where more leave than usual. */
export function turnsTable({ group, name, say }: Drawn, look: Look, goal: boolean): TableModel<PathsCell> {
  const figure = (value: number) => look.say.figure(value, "number");
  const lost = goal ? { converted: false } : {};
  return {
    caption: say("turns.caption"),
    columns: [
      { title: say("turns.kind") },
      { title: say("turns.where") },
      { title: say("turns.count"), align: "right" },
      { title: say("turns.expected"), align: "right" },
      { title: say("turns.people"), align: "right" },
    ],
    rows: [
      ...group.exits.map((exit): TableCell<PathsCell>[] => [
        { text: say("turns.exit"), raw: say("turns.exit") },
        { text: name(exit.node), raw: name(exit.node) },
        {
          text: say("turns.of", { exits: figure(exit.exits), count: figure(exit.count) }),
          raw: exit.exits,
        },
        { text: figure(Math.round(exit.expected)), raw: exit.expected },
        {
          text: figure(exit.people),
          raw: exit.people,
          cell: { node: exit.node, next: [EXIT], ...lost, group: group.group },
          title: say("line.left_at", { node: name(exit.node) }),
        },
      ]),
      ...group.loops.map((loop): TableCell<PathsCell>[] => {
        const words = [loop.node, loop.over, loop.node].map(name).join(" → ");
        return [
          { text: say("turns.loop"), raw: say("turns.loop") },
          { text: words, raw: words },
          { text: figure(loop.count), raw: loop.count },
          { text: "", raw: null },
          {
            text: figure(loop.people),
            raw: loop.people,
            cell: { back: [loop.node, loop.over], group: group.group },
            title: words,
          },
        ];
      }),
    ],
  };
}

export function wholeName(
  nodes: readonly (GroupLabel | null)[],
  name: (label: GroupLabel) => string,
): string {
  return nodes
    .filter((node) => node !== null)
    .map(name)
    .join(" → ");
}

export { linkCell, nodeCell };
