import { useEffect, useMemo, useState } from "react";
import type { CohortCell } from "@/api/questions";
import { Chart, DataTable } from "@/charts";
import { useEditing } from "@/editors";
import { Segmented, Select } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { useLook } from "@/pages/analyse/look";
import styles from "@/pages/analyse/analyse.module.css";
import { repeatDrawing } from "./chart";
import { cohortTable, SHOWS, stepsTable } from "./tables";
import type { Shows } from "./tables";

const VIEWS = ["cohorts", "steps"] as const;

export function CohortAnswer({
  answer,
  view,
  onView,
  onOpen,
  compact = false,
  handle,
  onTable,
}: AnswerProps<"cohort">) {
  const { say } = useEditing();
  const own = useKindSay("cohort");
  const look = useLook(answer.params.breakdowns, compact);
  const [chosen, setChosen] = useState(0);
  const [shows, setShows] = useState<Shows>("cumulative");
  const { result, params } = answer;
  const shape = VIEWS.find((each) => each === view) ?? "cohorts";
  const group = result.groups[chosen] ?? result.groups[0];
  const table = useMemo(() => {
    if (!group) return null;
    return shape === "steps" ? stepsTable(group, look, own) : cohortTable(params, group, shows, look, own);
  }, [group, shape, params, shows, look, own]);
  const drawing = useMemo(() => repeatDrawing(params, result, look, own), [params, result, look, own]);
  useEffect(() => {
    if (table) onTable?.(table);
  }, [onTable, table]);
  if (!group || !table) return null;
  const open = (cell: CohortCell | undefined, title: string) => cell && onOpen?.({ cell, title });
  const chart = (
    <Chart
      option={drawing.option}
      compact={compact}
      height={240}
      nearest
      label={own("chart")}
      handle={handle}
      onPoint={({ seriesId, dataIndex, name }) => open(drawing.cells[`${seriesId}/${dataIndex}`], name)}
    />
  );
  if (compact) return chart;
  return (
    <>
      <div className={styles.chartHead}>
        <span className={styles.note}>{own("chart")}</span>
      </div>
      {chart}
      <div className={styles.tableBox}>
        <div className={styles.chartHead}>
          <Segmented
            size="small"
            value={shape}
            onChange={(next) => onView?.(next === "cohorts" ? null : String(next))}
            options={VIEWS.map((each) => ({ value: each, label: own(`view.${each}`) }))}
          />
          {result.groups.length > 1 && (
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
            <Select
              size="small"
              style={{ minWidth: 150 }}
              aria-label={own("shows.title")}
              value={shows}
              onChange={setShows}
              options={SHOWS.map((each) => ({ value: each, label: own(`shows.${each}`) }))}
            />
          )}
          <span className={styles.note}>{own(`hint.${shape}`)}</span>
        </div>
        <DataTable<CohortCell>
          table={table}
          dense={shape === "cohorts"}
          openLabel={say("chart.open")}
          onOpen={onOpen && (({ cell, title }) => open(cell, title ?? ""))}
        />
      </div>
    </>
  );
}
