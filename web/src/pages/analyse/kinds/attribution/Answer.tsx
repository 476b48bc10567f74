import { useEffect, useMemo, useState } from "react";
import type { AttributionCell, AttributionGroup, AttributionResult } from "@/api/questions";
import { Chart, DataTable } from "@/charts";
import type { Drawing, TableModel } from "@/charts";
import { useEditing } from "@/editors";
import { Segmented, Select } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { useLook } from "@/pages/analyse/look";
import styles from "@/pages/analyse/analyse.module.css";
import { binDrawing, chainDrawing, liftDrawing, modelDrawing, returnDrawing } from "./drawing";
import { caller, modelOf } from "./model";
import { assistTable, chainTable, liftTable, modelTable, moneyTable, pathTable } from "./tables";
import type { Reading, Shows } from "./tables";
import own from "./attribution.module.css";

const VIEWS = ["models", "money", "chain", "paths", "lift"] as const;
type View = (typeof VIEWS)[number];

interface Drawn {
  table: TableModel<AttributionCell>;
  drawing: Drawing<AttributionCell> | null;
}

function drawn(reading: Reading, shape: View, shows: Shows): Drawn {
  switch (shape) {
    case "money":
      return { table: moneyTable(reading), drawing: returnDrawing(reading) };
    case "chain":
      return { table: chainTable(reading), drawing: chainDrawing(reading) };
    case "paths":
      return { table: pathTable(reading), drawing: null };
    case "lift":
      return { table: liftTable(reading), drawing: liftDrawing(reading) };
    default:
      return { table: modelTable(reading, shows, "all"), drawing: modelDrawing(reading, "all") };
  }
}

function viewsOf(result: AttributionResult, group: AttributionGroup): View[] {
  return VIEWS.filter(
    (one) =>
      (one !== "money" || (group.group === null && group.rows.some((row) => row.cost))) &&
      (one !== "chain" || group.first_conversions !== null) &&
      (one !== "lift" || (group.group === null && result.lift !== null)),
  );
}

export function AttributionAnswer(props: AnswerProps<"attribution">) {
  const { answer, view } = props;
  const [chosen, setChosen] = useState(0);
  const group = answer.result.groups[chosen] ?? answer.result.groups[0]!;
  const views = viewsOf(answer.result, group);
  return (
    <Shown
      {...props}
      group={group}
      views={views}
      shape={views.find((one) => one === view) ?? "models"}
      onGroup={setChosen}
    />
  );
}

function Shown({
  answer,
  group,
  views,
  shape,
  onGroup,
  onView,
  onOpen,
  compact = false,
  handle,
  onTable,
}: AnswerProps<"attribution"> & {
  group: AttributionGroup;
  views: View[];
  shape: View;
  onGroup: (group: number) => void;
}) {
  const editing = useEditing();
  const say = useKindSay("attribution");
  const look = useLook(answer.params.breakdowns, compact);
  const { result, params } = answer;
  const [shows, setShows] = useState<Shows>("value");
  const valued = group.value !== null;
  const model = modelOf(params);
  const shown: Shows = !valued && shows === "value" ? "conversions" : shows;
  const { reading, table, drawing } = useMemo(() => {
    const made: Reading = { result, group, model, called: caller(answer, editing, say), say, look };
    return { reading: made, ...drawn(made, shape, shown) };
  }, [result, group, model, answer, editing, say, look, shape, shown]);
  useEffect(() => onTable?.(table), [onTable, table]);
  const cells = (held: TableModel<AttributionCell>) => (
    <DataTable<AttributionCell>
      table={held}
      dense
      openLabel={editing.say("chart.open")}
      onOpen={onOpen && (({ cell, title }) => cell && onOpen({ cell, title: title ?? "" }))}
    />
  );
  const chart = (held: Drawing<AttributionCell>, height: number | string, label: string) => (
    <Chart
      option={held.option}
      compact={compact}
      height={height}
      label={label}
      handle={handle}
      onPoint={({ seriesId, dataIndex, name }) => {
        const cell = held.cells[`${seriesId}/${dataIndex}`];
        if (cell) onOpen?.({ cell, title: name });
      }}
    />
  );
  if (compact)
    return shape === "paths" || !drawing ? cells(table) : chart(drawing, "100%", say(`chart.${shape}`));
  const bars = (drawing?.option as { yAxis?: { data?: unknown[] } } | undefined)?.yAxis?.data?.length ?? 0;
  const each = shape === "lift" ? 46 : shape === "models" ? 38 : 26;
  return (
    <>
      <div className={styles.chartHead}>
        <Segmented
          size="small"
          value={shape}
          onChange={(next) => onView?.(next === "models" ? null : String(next))}
          options={views.map((one) => ({ value: one, label: say(`view.${one}`) }))}
        />
        {result.groups.length > 1 && (
          <Select
            size="small"
            style={{ minWidth: 140 }}
            aria-label={editing.say("table.group")}
            value={result.groups.indexOf(group)}
            onChange={onGroup}
            options={result.groups.map((one, at) => ({ value: at, label: look.say.group(one.group) }))}
          />
        )}
        <span className={styles.note}>{say(`hint.${shape}`, { model: say(`model.${model}`) })}</span>
      </div>
      {drawing &&
        chart(
          drawing,
          bars * each + 34 + (shape === "lift" || shape === "chain" ? 26 : 0),
          say(`chart.${shape}`),
        )}
      {shape === "paths" && <Spreads reading={reading} onOpen={onOpen} />}
      <div className={styles.tableBox}>
        {shape === "models" && (
          <div className={styles.chartHead}>
            <Segmented
              size="small"
              value={shown}
              onChange={(next) => setShows(next as Shows)}
              options={(valued
                ? (["value", "conversions", "people"] as const)
                : (["conversions", "people"] as const)
              ).map((one) => ({ value: one, label: say(`shows.${one}`) }))}
            />
            <span className={styles.note}>{say(shown === "people" ? "hint.people" : "hint.table")}</span>
          </div>
        )}
        {cells(table)}
        {shape === "lift" && <p className={styles.note}>{say("lift.why")}</p>}
        {shape === "money" && <p className={styles.note}>{say("money.why")}</p>}
      </div>
      {shape === "paths" && (
        <div className={styles.tableBox}>
          <h3 className={own.head}>{say("table.assists")}</h3>
          {cells(assistTable(reading))}
        </div>
      )}
    </>
  );
}

/** How many touches it took, and how long. */
function Spreads({ reading, onOpen }: { reading: Reading; onOpen: AnswerProps<"attribution">["onOpen"] }) {
  const { group, say } = reading;
  const lengths = group.lengths.map((bin) => (bin.high === null ? `${bin.low}+` : String(bin.low)));
  const delays = group.delays.map((_, at) => say(`delay.${at}`));
  const parts = [
    {
      key: "lengths",
      bins: group.lengths,
      names: lengths,
      cell: (at: number): AttributionCell => ({ group: group.group, length: at }),
    },
    {
      key: "delays",
      bins: group.delays,
      names: delays,
      cell: (at: number): AttributionCell => ({ group: group.group, delay: at }),
    },
  ];
  return (
    <div className={own.pair}>
      {parts.map(({ key, bins, names, cell }) => {
        const drawing = binDrawing(bins, names, cell, reading);
        return (
          <section key={key}>
            <h3 className={own.head}>{say(`paths.${key}`)}</h3>
            <Chart
              option={drawing.option}
              height={170}
              label={say(`paths.${key}`)}
              onPoint={({ dataIndex, name }) => {
                const found = drawing.cells[`bins/${dataIndex}`];
                if (found) onOpen?.({ cell: found, title: `${say(`paths.${key}`)} · ${name}` });
              }}
            />
          </section>
        );
      })}
    </div>
  );
}
