import { useEffect, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import type { PathGroup, PathsCell } from "@/api/questions";
import { Chart, DataTable } from "@/charts";
import { useEditing } from "@/editors";
import { Segmented, Select } from "@/ui";
import { readable, writeQuestion } from "@/pages/analyse/address";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { useLook } from "@/pages/analyse/look";
import styles from "@/pages/analyse/analyse.module.css";
import { flowDrawing, graphDrawing, matrixTable, stepName, turnsTable, wholeTable } from "./drawing";
import type { Drawn, FlowNode } from "./drawing";
import { anywhereCell, linkCell, moveCell, nodeCell, nodeName, nodeStep } from "./nodes";
import { Around } from "./Around";
import own from "./paths.module.css";
import { Steps } from "./Steps";

const VIEWS = ["flow", "matrix", "graph"] as const;
type View = (typeof VIEWS)[number];

/** The flow (a list of steps on a phone), the matrix or the graph; then the whole paths. */
export function PathsAnswer({
  answer,
  view,
  onView,
  onOpen,
  compact = false,
  handle,
  onTable,
}: AnswerProps<"paths">) {
  const editing = useEditing();
  const say = useKindSay("paths");
  const go = useNavigate();
  const { params, result } = answer;
  const look = useLook(params.breakdowns, compact);
  const [picked, setPicked] = useState(0);
  const [chosen, setChosen] = useState<FlowNode | null>(null);
  const group = result.groups[picked] ?? result.groups[0];
  const shape: View = VIEWS.includes(view as View) ? (view as View) : "flow";
  const drawn = useMemo<Drawn | null>(
    () => (group ? { group, say, name: (label) => nodeName(label, { editing, say, params }) } : null),
    [group, say, editing, params],
  );
  const whole = useMemo(
    () => (drawn ? wholeTable(drawn, look, Boolean(params.goal)) : null),
    [drawn, look, params.goal],
  );
  const matrix = useMemo(() => (drawn ? matrixTable(drawn, look) : null), [drawn, look]);
  const flow = useMemo(() => (drawn ? flowDrawing(drawn, look, chosen) : null), [drawn, look, chosen]);
  const graph = useMemo(() => (drawn ? graphDrawing(drawn, look) : null), [drawn, look]);
  const turns = useMemo(
    () => (drawn ? turnsTable(drawn, look, Boolean(params.goal)) : null),
    [drawn, look, params.goal],
  );
  const shown = shape === "matrix" ? matrix : whole;
  useEffect(() => {
    if (shown) onTable?.(shown);
  }, [onTable, shown]);
  if (!group || !drawn || !whole || !matrix || !flow || !graph || !turns) return null;
  const open = (cell: PathsCell, title: string) => onOpen?.({ cell, title });
  const anchor = (node: FlowNode["node"], position: "start" | "end") => {
    const step = nodeStep(node, params);
    if (!step) return;
    setChosen(null);
    const query = writeQuestion({ ...params, anchor: step, position } as typeof params, view);
    void go({ search: `?${readable(Object.entries(query))}` }, { preventScrollReset: true });
  };
  const unlisted = (of: "links" | "moves" | "whole", { different, count }: PathGroup["less"]) =>
    different > 0 && (
      <span className={styles.note}>
        {say(`less.${of}`, {
          least: look.say.figure(params.least ?? 1, "number"),
          n: look.say.figure(different, "number"),
          count: look.say.figure(count, "number"),
        })}
      </span>
    );
  const sankey = (
    <Chart
      option={flow.option}
      compact={compact}
      height={Math.max(320, Math.min(560, 90 + 46 * (params.nodes ?? 8)))}
      label={say("flow.label")}
      handle={handle}
      onPoint={({ dataType, dataIndex }) => {
        const node = dataType === "node" ? flow.nodes[dataIndex] : undefined;
        const link = dataType === "edge" ? flow.links[dataIndex] : undefined;
        if (node && compact) open(nodeCell(group, node.at, node.node), drawn.name(node.node));
        else if (node) setChosen(node);
        else if (link) open(linkCell(group, link), `${drawn.name(link.source)} → ${drawn.name(link.target)}`);
      }}
    />
  );
  if (compact) return sankey;
  return (
    <>
      <div className={styles.chartHead}>
        <Segmented
          size="small"
          value={shape}
          onChange={(next) => onView?.(next === "flow" ? null : String(next))}
          options={VIEWS.map((each) => ({ value: each, label: say(`view.${each}`) }))}
        />
        {result.groups.length > 1 && (
          <Select
            size="small"
            style={{ minWidth: 140 }}
            aria-label={say("group")}
            value={picked < result.groups.length ? picked : 0}
            onChange={(next) => {
              setPicked(next);
              setChosen(null);
            }}
            options={result.groups.map((each, at) => ({ value: at, label: look.say.group(each.group) }))}
          />
        )}
        <span className={styles.note}>{say(`hint.${look.narrow && shape === "flow" ? "list" : shape}`)}</span>
        {unlisted(shape === "flow" ? "links" : "moves", shape === "flow" ? group.less : group.matrix.less)}
      </div>
      {shape === "flow" &&
        (look.narrow ? (
          <Steps drawn={drawn} look={look} onOpen={open} onAnchor={anchor} />
        ) : (
          <>
            {sankey}
            {chosen && (
              <Around
                drawn={drawn}
                look={look}
                chosen={chosen}
                title={`${stepName(chosen.at, say)} · ${drawn.name(chosen.node)}`}
                onOpen={open}
                onChoose={setChosen}
                onAnchor={anchor}
              />
            )}
          </>
        ))}
      {shape === "graph" && (
        <Chart
          option={graph.option}
          height={look.narrow ? 380 : 520}
          label={say("graph.label")}
          handle={handle}
          onPoint={({ dataType, dataIndex }) => {
            const move = dataType === "edge" ? graph.moves[dataIndex] : undefined;
            const node = dataType === "node" ? graph.nodes[dataIndex]?.node : undefined;
            if (move)
              open(
                moveCell(group, move.source, move.target),
                `${drawn.name(move.source)} → ${drawn.name(move.target)}`,
              );
            else if (node) open(anywhereCell(group, node), drawn.name(node));
          }}
        />
      )}
      {shape === "matrix" && (
        <DataTable<PathsCell>
          table={matrix}
          dense
          openLabel={editing.say("chart.open")}
          onOpen={onOpen && (({ cell, title }) => cell && open(cell, title ?? ""))}
        />
      )}
      {shape !== "matrix" && (
        <div className={`${styles.tableBox} ${own.whole}`}>
          <h2 className={styles.tableTitle}>{say("whole.caption")}</h2>
          {unlisted("whole", group.less_whole)}
          <DataTable<PathsCell>
            table={whole}
            openLabel={editing.say("chart.open")}
            onOpen={onOpen && (({ cell, title }) => cell && open(cell, title ?? ""))}
          />
        </div>
      )}
      {turns.rows.length > 0 && (
        <div className={styles.tableBox}>
          <h2 className={styles.tableTitle}>{say("turns.caption")}</h2>
          <DataTable<PathsCell>
            table={turns}
            openLabel={editing.say("chart.open")}
            onOpen={onOpen && (({ cell, title }) => cell && open(cell, title ?? ""))}
          />
        </div>
      )}
    </>
  );
}
