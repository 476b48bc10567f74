import { useEffect, useMemo } from "react";
import type { DriversCell } from "@/api/questions";
import { Chart, DataTable } from "@/charts";
import { useEditing } from "@/editors";
import { Select } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useLook } from "@/pages/analyse/look";
import styles from "@/pages/analyse/analyse.module.css";
import { drawn, effectDrawing } from "./chart";
import { effectTable } from "./tables";
import { driverName, rowsOf } from "./words";
import type { DriversKind } from "./words";

const MOST = 15;

/** What goes with the outcome: behaviours at their best number of times, or one behaviour at each. */
export function DriversAnswer({
  answer,
  view,
  onView,
  onOpen,
  compact = false,
  handle,
  onTable,
}: Omit<AnswerProps<DriversKind>, "onAsk">) {
  const editing = useEditing();
  const { say, language } = editing;
  const look = useLook(undefined, compact);
  const { kind, params, result } = answer;
  const { drivers } = result;
  const picked = drivers.find(({ behaviour }) => String(behaviour) === view) ?? null;
  const rows = useMemo(() => rowsOf(drivers, picked, params, editing), [drivers, picked, params, editing]);
  const shown = useMemo(() => drawn(rows, compact ? 8 : MOST), [rows, compact]);
  const drawing = useMemo(() => effectDrawing(shown, look, say, language), [shown, look, say, language]);
  const table = useMemo(
    () => effectTable(rows, kind, look, say, language),
    [rows, kind, look, say, language],
  );
  useEffect(() => onTable?.(table), [onTable, table]);
  const open = (cell: DriversCell | undefined, title: string) => cell && onOpen?.({ cell, title });
  const chart =
    shown.length > 0 ? (
      <Chart
        option={drawing.option}
        compact={compact}
        height={shown.length * 34 + 36}
        label={say("drivers.chart")}
        handle={handle}
        onPoint={({ seriesId, dataIndex }) =>
          open(
            drawing.cells[`${seriesId}/${dataIndex}`],
            `${shown[dataIndex]?.label} · ${say(`drivers.${kind}.reached`)}`,
          )
        }
      />
    ) : (
      <p className={styles.note}>{say("drivers.nothing")}</p>
    );
  if (compact) return chart;
  const hidden = rows.filter(({ one }) => one.p_value !== null).length > shown.length;
  return (
    <>
      <div className={styles.chartHead}>
        <Select
          size="small"
          style={{ minWidth: 220 }}
          aria-label={say("drivers.pick")}
          value={picked ? String(picked.behaviour) : ""}
          onChange={(next: string) => onView?.(next === "" ? null : next)}
          options={[
            { value: "", label: say("drivers.all") },
            ...drivers
              .filter(({ tests }) => tests.length > 0)
              .map((driver) => ({
                value: String(driver.behaviour),
                label: driverName(driver, params, editing),
              })),
          ]}
        />
      </div>
      {chart}
      <p className={styles.note}>
        {say("drivers.hint")}
        {hidden && ` ${say("drivers.some", { n: shown.length })}`}
      </p>
      <div className={styles.tableBox}>
        <DataTable<DriversCell>
          table={table}
          dense
          openLabel={say("chart.open")}
          onOpen={onOpen && (({ cell, title }) => open(cell, title ?? ""))}
        />
      </div>
    </>
  );
}
