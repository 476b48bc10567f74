import { useEffect, useMemo } from "react";
import type { PortraitCell } from "@/api/questions";
import { Chart, DataTable } from "@/charts";
import { useEditing } from "@/editors";
import { Select } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { useLook } from "@/pages/analyse/look";
import styles from "@/pages/analyse/analyse.module.css";
import { drawnValues, sharesDrawing } from "./chart";
import { numbersTable, valuesTable } from "./tables";
import { propertyName } from "./words";

export function PortraitAnswer({
  answer,
  view,
  onView,
  onOpen,
  compact = false,
  handle,
  onTable,
}: AnswerProps<"portrait">) {
  const { say, names } = useEditing();
  const own = useKindSay("portrait");
  const look = useLook(undefined, compact);
  const { properties } = answer.result;
  const picked = properties.find((one) => String(one.property) === view) ?? null;
  const chosen = picked ? picked.property : null;
  const told = useMemo(() => drawnValues(properties, chosen), [properties, chosen]);
  const drawing = useMemo(() => sharesDrawing(told, names, look, own), [told, names, look, own]);
  const table = useMemo(
    () => valuesTable(picked ? [picked] : properties, names, look, own),
    [picked, properties, names, look, own],
  );
  const numbers = useMemo(
    () => numbersTable(picked ? [picked] : properties, names, look, own),
    [picked, properties, names, look, own],
  );
  useEffect(() => onTable?.(table), [onTable, table]);
  const open = (cell: PortraitCell | undefined, title: string) => cell && onOpen?.({ cell, title });
  const chart =
    told.length > 0 ? (
      <Chart
        option={drawing.option}
        compact={compact}
        height={Math.max(120, told.length * 32 + 24)}
        label={own("chart")}
        handle={handle}
        onPoint={({ seriesId, dataIndex, name }) => open(drawing.cells[`${seriesId}/${dataIndex}`], name)}
      />
    ) : (
      <p className={styles.note}>{own("nothing")}</p>
    );
  if (compact) return chart;
  return (
    <>
      <div className={styles.chartHead}>
        <Select
          size="small"
          style={{ minWidth: 180 }}
          aria-label={own("table.property")}
          value={chosen ?? -1}
          onChange={(next: number) => onView?.(next < 0 ? null : String(next))}
          options={[
            { value: -1, label: own("all") },
            ...properties.map((one) => ({ value: one.property, label: propertyName(one, names, own) })),
          ]}
        />
        <span className={styles.note}>{own("hint")}</span>
      </div>
      {chart}
      {numbers.rows.length > 0 && (
        <div className={styles.tableBox}>
          <DataTable<PortraitCell> table={numbers} />
        </div>
      )}
      <div className={styles.tableBox}>
        <DataTable<PortraitCell>
          table={table}
          openLabel={say("chart.open")}
          onOpen={onOpen && (({ cell, title }) => open(cell, title ?? ""))}
        />
      </div>
    </>
  );
}
