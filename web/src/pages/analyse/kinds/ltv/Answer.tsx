import { useEffect, useMemo, useState } from "react";
import type { LtvCell } from "@/api/questions";
import { Chart, DataTable } from "@/charts";
import { groupColours } from "@/charts/look";
import { useEditing } from "@/editors";
import { Segmented, Select } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { useLook } from "@/pages/analyse/look";
import styles from "@/pages/analyse/analyse.module.css";
import { drawnGroups, valueDrawing } from "./chart";
import { cohortTable, groupTable, SHOWS } from "./tables";
import type { Shows } from "./tables";

const VIEWS = ["cohorts", "groups"] as const;

export function LtvAnswer({
  answer,
  view,
  onView,
  onOpen,
  compact = false,
  handle,
  onTable,
}: AnswerProps<"ltv">) {
  const { say } = useEditing();
  const own = useKindSay("ltv");
  const look = useLook(answer.params.breakdowns, compact);
  const [chosen, setChosen] = useState(0);
  const [shows, setShows] = useState<Shows>("arpu");
  const { result, params } = answer;
  const split = result.groups.length > 1;
  const shape = VIEWS.find((each) => each === view) ?? (split ? "groups" : "cohorts");
  const group = result.groups[chosen] ?? result.groups[0];
  const table = useMemo(() => {
    if (!group) return null;
    if (shape === "cohorts") return cohortTable(params, result.ages, group, shows, look, own);
    const labels = drawnGroups(result).map((one) => one.group);
    return groupTable(result, groupColours(labels, look.palette), look, own);
  }, [group, shape, params, result, shows, look, own]);
  const drawing = useMemo(() => valueDrawing(result, look, own), [result, look, own]);
  useEffect(() => {
    if (table) onTable?.(table);
  }, [onTable, table]);
  if (!group || !table) return null;
  const open = (cell: LtvCell | undefined, title: string) => cell && onOpen?.({ cell, title });
  const chart = (
    <Chart
      option={drawing.option}
      compact={compact}
      height={260}
      nearest
      label={own("chart.label")}
      handle={handle}
      onPoint={({ seriesId, dataIndex, name }) => {
        const cell = drawing.cells[`${seriesId}/${dataIndex}`];
        open(cell, [name, own("age", { n: cell?.age ?? 0 })].filter(Boolean).join(" · "));
      }}
    />
  );
  if (compact) return chart;
  return (
    <>
      <div className={styles.chartHead}>
        <span className={styles.note}>{own("chart.label")}</span>
      </div>
      {chart}
      <div className={styles.tableBox}>
        <div className={styles.chartHead}>
          {split && (
            <Segmented
              size="small"
              value={shape}
              onChange={(next) => onView?.(String(next))}
              options={VIEWS.map((each) => ({ value: each, label: own(`view.${each}`) }))}
            />
          )}
          {shape === "cohorts" && split && (
            <Select
              size="small"
              style={{ minWidth: 140 }}
              aria-label={say("table.group")}
              value={chosen < result.groups.length ? chosen : 0}
              onChange={setChosen}
              options={result.groups.map((each, at) => ({ value: at, label: look.say.group(each.group) }))}
            />
          )}
          {shape === "cohorts" && (
            <Segmented
              size="small"
              value={shows}
              onChange={(next) => setShows(next as Shows)}
              options={SHOWS.map((each) => ({ value: each, label: own(`shows.${each}`) }))}
            />
          )}
          <span className={styles.note}>{own(`hint.${shape}`)}</span>
        </div>
        <DataTable<LtvCell>
          table={table}
          dense
          openLabel={say("chart.open")}
          onOpen={onOpen && (({ cell, title }) => open(cell, title ?? ""))}
        />
      </div>
    </>
  );
}
