import { useEffect, useMemo, useState } from "react";
import type { RfmCell } from "@/api/questions";
import { Chart, DataTable } from "@/charts";
import { useEditing } from "@/editors";
import { Segmented, Select } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { useLook } from "@/pages/analyse/look";
import styles from "@/pages/analyse/analyse.module.css";
import { segmentColours, sharesDrawing } from "./chart";
import { gridTable, movesTable, segmentTable, span } from "./tables";

const VIEWS = ["segments", "grid", "moves"] as const;

export function RfmAnswer({
  answer,
  view,
  onView,
  onOpen,
  compact = false,
  handle,
  onTable,
}: AnswerProps<"rfm">) {
  const { say } = useEditing();
  const own = useKindSay("rfm");
  const look = useLook(answer.params.breakdowns, compact);
  const [chosen, setChosen] = useState(0);
  const [monetary, setMonetary] = useState(0);
  const { result } = answer;
  const shape =
    view === "grid" ? "grid" : view === "moves" && result.moves !== null ? "moves" : ("segments" as const);
  const group = result.groups[chosen] ?? result.groups[0];
  const table = useMemo(() => {
    if (!group) return null;
    if (shape === "grid") return gridTable(group, result.cuts, monetary || null, look, own);
    if (shape === "moves") return movesTable(result.moves ?? [], look, own);
    return segmentTable(group, segmentColours(look.palette), look, own);
  }, [group, shape, result, monetary, look, own]);
  const drawing = useMemo(() => (group ? sharesDrawing(group, look, own) : null), [group, look, own]);
  useEffect(() => {
    if (table) onTable?.(table);
  }, [onTable, table]);
  if (!group || !table || !drawing) return null;
  const open = (cell: RfmCell | undefined, title: string) => cell && onOpen?.({ cell, title });
  const cells = (
    <DataTable<RfmCell>
      table={table}
      dense={compact || shape === "moves"}
      openLabel={say("chart.open")}
      onOpen={onOpen && (({ cell, title }) => open(cell, title ?? ""))}
    />
  );
  const chart = (
    <Chart
      option={drawing.option}
      compact={compact}
      height={250}
      label={own("chart")}
      handle={handle}
      onPoint={({ seriesId, dataIndex, name }) => open(drawing.cells[`${seriesId}/${dataIndex}`], name)}
    />
  );
  if (compact) return shape === "segments" ? chart : cells;
  return (
    <>
      <div className={styles.chartHead}>
        <Segmented
          size="small"
          value={shape}
          onChange={(next) => onView?.(next === "segments" ? null : String(next))}
          options={VIEWS.filter((each) => each !== "moves" || result.moves !== null).map((each) => ({
            value: each,
            label: own(`view.${each}`),
          }))}
        />
        {result.groups.length > 1 && shape !== "moves" && (
          <Select
            size="small"
            style={{ minWidth: 140 }}
            aria-label={say("table.group")}
            value={chosen < result.groups.length ? chosen : 0}
            onChange={setChosen}
            options={result.groups.map((each, at) => ({ value: at, label: look.say.group(each.group) }))}
          />
        )}
        {shape === "grid" && (
          <Select
            size="small"
            style={{ minWidth: 160 }}
            aria-label={own("table.monetary")}
            value={monetary}
            onChange={setMonetary}
            options={[
              { value: 0, label: own("table.all_money") },
              ...Array.from({ length: result.cuts.monetary.length + 1 }, (_, at) => ({
                value: at + 1,
                label: span("m", at + 1, result.cuts.monetary, look, own),
              })),
            ]}
          />
        )}
        <span className={styles.note}>{own(`hint.${shape}`)}</span>
      </div>
      {shape === "segments" && chart}
      <div className={styles.tableBox}>{cells}</div>
    </>
  );
}
