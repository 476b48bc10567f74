import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { PersonLink } from "@/api";
import { useNames } from "@/shell";
import { Popover } from "@/ui";
import styles from "./drawing.module.css";
import { Because } from "./LinkLine";
import { linkGraph } from "./link-graph";
import type { GraphEdge, GraphNode } from "./link-graph";

const ROW = 46;
const HEIGHT = 36;
/** The space between two columns, in parts of a column. */
const SPACE = 0.32;

/** Identifiers and the links between them; `end` is where a path ends. A link tells of itself and takes `act`. */
export function LinkDrawing({
  links,
  start,
  end,
  act,
}: {
  links: readonly PersonLink[];
  start: string;
  end?: string;
  act?: (link: PersonLink) => React.ReactNode;
}) {
  const { t } = useTranslation("identity");
  const graph = useMemo(() => linkGraph(links, start), [links, start]);
  if (graph.edges.length === 0) return null;
  const wide = 100 / (graph.columns + SPACE * (graph.columns - 1));
  const left = (node: GraphNode) => node.depth * wide * (1 + SPACE);
  const middle = (node: GraphNode) => node.row * ROW + ROW / 2;
  const height = graph.rows * ROW;
  return (
    <div className={styles.scroll}>
      <div
        role="group"
        aria-label={t("drawing", { identifiers: graph.nodes.length, links: graph.edges.length })}
        className={styles.drawing}
        style={{ height, minWidth: graph.columns * 90 + (graph.columns - 1) * 29 }}
      >
        <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden="true">
          {graph.edges.map((edge) => (
            <path key={keyOf(edge)} d={curve(edge, left, middle, wide)} data-strength={edge.strength} />
          ))}
        </svg>
        {graph.nodes.map((node) => (
          <Node
            key={node.actor}
            node={node}
            named={node.actor === start || node.actor === end}
            style={{
              left: `${left(node)}%`,
              width: `${wide}%`,
              top: middle(node) - HEIGHT / 2,
              height: HEIGHT,
            }}
          />
        ))}
        {graph.edges.map((edge) => (
          <Knob
            key={keyOf(edge)}
            edge={edge}
            act={act}
            style={{
              left: `${(left(edge.from) + wide + (edge.to.depth > edge.from.depth ? left(edge.to) : left(edge.from) + wide * (1 + SPACE))) / 2}%`,
              top: (middle(edge.from) + middle(edge.to)) / 2,
            }}
          />
        ))}
      </div>
      {graph.left > 0 && <small className={styles.left}>{t("drawingLeft", { count: graph.left })}</small>}
    </div>
  );
}

function keyOf({ link }: GraphEdge): string {
  return `${link.a}\n${link.b}`;
}

/** From the right side of one to the left side of the other; within a column over its right side. */
function curve(
  { from, to }: GraphEdge,
  left: (node: GraphNode) => number,
  middle: (node: GraphNode) => number,
  wide: number,
): string {
  const x = left(from) + wide;
  const straight = to.depth > from.depth;
  const end = straight ? left(to) : x;
  const bend = straight ? (x + end) / 2 : x + wide * SPACE;
  return `M${x} ${middle(from)}C${bend} ${middle(from)} ${bend} ${middle(to)} ${end} ${middle(to)}`;
}

function Node({ node, named, style }: { node: GraphNode; named: boolean; style: React.CSSProperties }) {
  const names = useNames();
  const cut = node.actor.indexOf(":");
  return (
    <span
      className={styles.node}
      data-named={named ? "" : undefined}
      data-apart={node.apart ? "" : undefined}
      style={style}
      title={node.actor}
    >
      <small>{names.identifier(node.actor.slice(0, cut))}</small>
      <span>{node.actor.slice(cut + 1)}</span>
    </span>
  );
}

function Knob({
  edge: { link, strength },
  act,
  style,
}: {
  edge: GraphEdge;
  act: ((link: PersonLink) => React.ReactNode) | undefined;
  style: React.CSSProperties;
}) {
  const { t } = useTranslation("identity");
  return (
    <Popover
      trigger={["click", "hover"]}
      content={
        <div className={styles.told}>
          <span>
            {link.a} {link.rule === "undone" ? "⇹" : "↔"} {link.b}
          </span>
          <Because link={link} />
          {act?.(link)}
        </div>
      }
    >
      <button
        type="button"
        className={styles.knob}
        data-strength={strength}
        style={style}
        aria-label={t("drawingLink", { a: link.a, b: link.b })}
      />
    </Popover>
  );
}
