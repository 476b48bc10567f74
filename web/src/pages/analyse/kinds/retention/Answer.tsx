import { useEffect, useMemo, useState } from "react";
import type { RetentionCell } from "@/api/questions";
import { Chart, DataTable, retentionTable } from "@/charts";
import type { RetentionShows } from "@/charts";
import { columnName, curveDrawing, curveGroups, DRAWN, knownColumns } from "@/charts/retention";
import { groupColours } from "@/charts/look";
import { useEditing } from "@/editors";
import { isMoney } from "@/editors/names";
import { Segmented, Select } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { Legend, toggled } from "@/pages/analyse/Legend";
import { useLook } from "@/pages/analyse/look";
import styles from "@/pages/analyse/analyse.module.css";

export const RETENTION_VIEWS = ["both", "curve", "table"] as const;
const SHOWS: readonly RetentionShows[] = ["rate", "lost", "previous", "people", "value"];
export type RetentionView = (typeof RETENTION_VIEWS)[number];

export function retentionView(view: string | null): RetentionView {
  return RETENTION_VIEWS.includes(view as RetentionView) ? (view as RetentionView) : "both";
}

export function RetentionAnswer({
  answer,
  view,
  onView,
  onOpen,
  compact = false,
  handle,
  onTable,
}: AnswerProps<"retention">) {
  const { say } = useEditing();
  const look = useLook(answer.params.breakdowns, compact);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState(0);
  const [shows, setShows] = useState<RetentionShows>("rate");
  const { result, params } = answer;
  const compared = answer.comparisons[0]?.result;
  const shape = retentionView(view);
  const group = result.groups[chosen] ?? result.groups[0];
  const valued = params.value !== null && params.value !== undefined;
  const money = isMoney(params.value?.property);
  const table = useMemo(
    () =>
      group
        ? retentionTable(
            {
              params,
              columns: result.columns.slice(0, knownColumns(result)),
              group,
              shows: valued || shows !== "value" ? shows : "rate",
              money,
            },
            look,
          )
        : null,
    [params, result, group, shows, valued, money, look],
  );
  useEffect(() => {
    if (table) onTable?.(table);
  }, [onTable, table]);
  const drawing = useMemo(
    () => curveDrawing({ params, result, compared, hidden }, look),
    [params, result, compared, hidden, look],
  );
  if (!group || !table) return null;
  const groups = curveGroups(result);
  const colours = groupColours(
    groups.map((each) => each.group),
    look.palette,
  );
  const open = (cell: RetentionCell | undefined, title: string) => cell && onOpen?.({ cell, title });
  const cells = (
    <DataTable<RetentionCell>
      table={table}
      dense
      openLabel={say("chart.open")}
      onOpen={onOpen && (({ cell, title }) => open(cell, title ?? ""))}
    />
  );
  const chart = (
    <Chart
      option={drawing.option}
      compact={compact}
      height={240}
      nearest
      label={say("chart.retention_label")}
      handle={handle}
      onPoint={({ seriesId, dataIndex }) => {
        const cell = drawing.cells[`${seriesId}/${dataIndex}`];
        const column = columnName(result.columns[cell?.period ?? 0] ?? "", params, look);
        open(cell, [cell?.group ? look.say.group(cell.group) : "", column].filter(Boolean).join(" · "));
      }}
    />
  );
  if (compact) return shape === "table" ? cells : chart;
  return (
    <>
      <div className={styles.chartHead}>
        <Segmented
          size="small"
          value={shape}
          onChange={(next) => onView?.(next === "both" ? null : String(next))}
          options={RETENTION_VIEWS.map((each) => ({ value: each, label: say(`view.${each}`) }))}
        />
        {shape !== "table" && look.narrow && (
          <Legend
            hidden={hidden}
            onToggle={(key) => setHidden(toggled(hidden, key, groups.length))}
            entries={groups.map((each, at) => ({
              key: JSON.stringify(each.group),
              name: look.say.group(each.group),
              colour: colours[at] ?? "",
            }))}
          />
        )}
        {result.groups.length - 1 > DRAWN && (
          <span className={styles.note}>
            {say("chart.drawn", { n: DRAWN, of: result.groups.length - 1 })}
          </span>
        )}
      </div>
      {shape !== "table" && chart}
      {shape !== "curve" && (
        <div className={styles.tableBox}>
          <div className={styles.chartHead}>
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
            <Segmented
              size="small"
              value={valued || shows !== "value" ? shows : "rate"}
              onChange={(next) => setShows(next as RetentionShows)}
              options={SHOWS.filter((each) => valued || each !== "value").map((each) => ({
                value: each,
                label: say(`shows.${each}`),
              }))}
            />
            <span className={styles.note}>{say("chart.retention_open")}</span>
          </div>
          {cells}
        </div>
      )}
    </>
  );
}
