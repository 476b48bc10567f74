import type { ReactNode } from "react";
import { useEffect, useMemo, useState } from "react";
import type { Analysis, Cell, GroupLabel } from "@/api/questions";
import { Chart, DataTable, groupColours } from "@/charts";
import type { Drawing, Look, TableModel } from "@/charts";
import { useEditing } from "@/editors";
import { Segmented, Select } from "@/ui";
import type { AnswerProps } from "./answers";
import { toggled } from "./Legend";
import styles from "./analyse.module.css";

/** The frame of an answer: views, a chart whose points open, and the table under it. */
export function Shown<K extends Analysis>({
  props: { onView, onOpen, compact = false, handle, onTable },
  view,
  views,
  drawing,
  height = 300,
  label,
  nameOf,
  table,
  head,
  foot,
}: {
  props: AnswerProps<K>;
  view: string;
  views: { value: string; label: string }[];
  /** None: this view is its table. */
  drawing: Drawing<Cell<K>> | null;
  height?: number;
  label: string;
  /** What is opened by a click on a point. */
  nameOf: (series: string, at: number) => string;
  table: TableModel<Cell<K>>;
  head?: ReactNode;
  foot?: ReactNode;
}) {
  const { say } = useEditing();
  useEffect(() => onTable?.(table as TableModel<Cell>), [onTable, table]);
  const cells = (
    <DataTable<Cell<K>>
      table={table}
      dense
      openLabel={say("chart.open")}
      onOpen={onOpen && (({ cell, title }) => cell && onOpen({ cell: cell as Cell, title: title ?? "" }))}
    />
  );
  const chart = drawing && (
    <Chart
      option={drawing.option}
      time={drawing.time}
      compact={compact}
      height={height}
      nearest={drawing.nearest ?? false}
      label={label}
      handle={handle}
      onPoint={({ seriesId, dataIndex }) => {
        const cell = drawing.cells[`${seriesId}/${dataIndex}`];
        if (cell) onOpen?.({ cell: cell as Cell, title: nameOf(seriesId, dataIndex) });
      }}
    />
  );
  if (compact) return chart ?? cells;
  return (
    <>
      <div className={styles.chartHead}>
        {views.length > 1 && (
          <Segmented
            size="small"
            value={view}
            onChange={(next) => onView?.(next === views[0]?.value ? null : String(next))}
            options={views}
          />
        )}
        {head}
      </div>
      {chart}
      <div className={styles.tableBox}>{cells}</div>
      {foot && <p className={styles.foot}>{foot}</p>}
    </>
  );
}

/** Which view of a kind an address means: the first where it names none. */
export function viewOf(view: string | null, views: readonly string[]): string {
  return view !== null && views.includes(view) ? view : (views[0] ?? "");
}

/** Picks one of an answer's groups; nothing to pick where there is only everyone. */
export function GroupPick({
  groups,
  chosen,
  onChoose,
  look,
}: {
  groups: readonly { group: GroupLabel | null }[];
  chosen: number;
  onChoose: (at: number) => void;
  look: Look;
}) {
  const { say } = useEditing();
  const options = useMemo(
    () => groups.map((each, at) => ({ value: at, label: look.say.group(each.group) })),
    [groups, look],
  );
  if (groups.length < 2) return null;
  return (
    <Select
      size="small"
      style={{ minWidth: 140 }}
      aria-label={say("table.group")}
      value={chosen < groups.length ? chosen : 0}
      onChange={onChoose}
      options={options}
    />
  );
}

/** How many groups a chart of groups side by side can show. */
export const DRAWN = 6;

/** The groups of a chart side by side, and which of them the reader took out. */
export function useGroups<G extends { group: GroupLabel | null }>(groups: readonly G[], look: Look) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  return useMemo(() => {
    const split = groups.filter((each) => each.group !== null).slice(0, DRAWN);
    const colours = groupColours(
      split.map((each) => each.group),
      look.palette,
    );
    const key = (group: G) => JSON.stringify(group.group);
    return {
      /** What is drawn: of everyone where nothing is split. */
      drawn: (split.length > 0 ? split : groups.slice(0, 1))
        .map((group, at) => ({ group, colour: colours[at] ?? look.palette.accent }))
        .filter(({ group }) => !hidden.has(key(group))),
      split: split.length > 0,
      legend: {
        hidden,
        onToggle: (one: string) => setHidden(toggled(hidden, one, split.length)),
        entries: split.map((group, at) => ({
          key: key(group),
          name: look.say.group(group.group),
          colour: colours[at] ?? "",
        })),
      },
    };
  }, [groups, look, hidden]);
}

export type Drawn<G> = ReturnType<typeof useGroups<G & { group: GroupLabel | null }>>;
