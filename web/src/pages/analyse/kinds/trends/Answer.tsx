import { useEffect, useMemo, useState } from "react";
import type { Answer, Compared, TrendsCell } from "@/api/questions";
import { Chart, DataTable, trendsTable } from "@/charts";
import { drawnLines, inOrder, lineColours, lineKey, lineName, trendsDrawing } from "@/charts/trends";
import { useEditing } from "@/editors";
import { AddNote } from "@/shell";
import { Change, Figure, Segmented, Sparkline } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { Legend, toggled } from "@/pages/analyse/Legend";
import { useLook } from "@/pages/analyse/look";
import { headingOf } from "@/pages/analyse/words";
import { wholeLines } from "./words";
import styles from "@/pages/analyse/analyse.module.css";

export const TRENDS_VIEWS = ["line", "bar", "ranking", "number", "table"] as const;
export type TrendsView = (typeof TRENDS_VIEWS)[number];

export function trendsView(answer: Answer<"trends">, view: string | null): TrendsView {
  if (TRENDS_VIEWS.includes(view as TrendsView)) return view as TrendsView;
  if (answer.params.grain === "total") return answer.result.lines.length > 1 ? "ranking" : "number";
  return "line";
}

export function TrendsAnswer({
  answer,
  view,
  onView,
  onOpen,
  compact = false,
  handle,
  onTable,
}: AnswerProps<"trends">) {
  const editing = useEditing();
  const { say } = editing;
  const look = useLook(answer.params.breakdowns, compact);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const shape = trendsView(answer, view);
  const { params } = answer;
  const result = useMemo(() => inOrder(params, answer.result), [params, answer.result]);
  const compared = answer.comparisons[0]?.result;
  const table = useMemo(
    () => trendsTable({ params, result, compared }, look),
    [params, result, compared, look],
  );
  useEffect(() => onTable?.(table), [onTable, table]);
  const drawing = useMemo(
    () =>
      trendsDrawing(
        {
          params,
          result,
          compared: answer.comparisons.map((one, at) => ({
            label: headingOf(one as Compared, params, { editing, look }, at),
            result: one.result,
          })),
          shape: shape === "bar" || shape === "ranking" ? shape : "line",
          hidden,
        },
        look,
      ),
    [params, result, answer.comparisons, editing, shape, hidden, look],
  );
  const drawn = drawnLines(params, result);
  const colours = lineColours(params, drawn, look);
  const named = drawn.length === 1 || new Set(colours).size > 1;
  const open = (cell: TrendsCell | undefined, title: string) => cell && onOpen?.({ cell, title });
  const rows = shape === "ranking" || params.grain === "total";
  const height = rows ? Math.max(120, drawn.length * 34 + 16) : look.narrow ? 240 : 320;
  const cells = (
    <DataTable<TrendsCell>
      table={table}
      dense={compact}
      openLabel={say("chart.open")}
      onOpen={onOpen && (({ cell, title }) => open(cell, title ?? ""))}
    />
  );
  const chart = (
    <Chart
      option={drawing.option}
      time={drawing.time}
      compact={compact}
      height={height}
      nearest={drawing.nearest ?? false}
      label={say("chart.trends_label", { n: drawn.length })}
      handle={handle}
      onPoint={({ seriesId, dataIndex, name }) => {
        const cell = drawing.cells[`${seriesId}/${dataIndex}`];
        const bucket = rows ? "" : look.say.bucket(result.buckets[dataIndex] ?? "", params.grain ?? "day");
        open(cell, [name, bucket].filter(Boolean).join(" · "));
      }}
    />
  );
  if (compact)
    return shape === "table" ? (
      cells
    ) : shape === "number" ? (
      <Numbers answer={answer} onOpen={onOpen} compact />
    ) : (
      chart
    );
  const whole = wholeLines(answer);
  return (
    <>
      {(whole.length > 1 || shape === "number") && <Numbers answer={answer} onOpen={onOpen} />}
      <div className={styles.chartHead}>
        <Segmented
          size="small"
          value={shape}
          onChange={(next) => onView?.(next === "line" ? null : String(next))}
          options={TRENDS_VIEWS.filter(
            (each) => params.grain !== "total" || (each !== "line" && each !== "bar"),
          ).map((each) => ({ value: each, label: say(`view.${each}`) }))}
        />
        {shape !== "table" &&
          shape !== "number" &&
          named &&
          (drawn.length > 4 || look.narrow || shape === "bar") && (
            <Legend
              hidden={hidden}
              onToggle={(key) => setHidden(toggled(hidden, key, drawn.length))}
              entries={drawn.map((line, at) => ({
                key: lineKey(line),
                name: lineName(line, result, look),
                colour: colours[at] ?? "",
              }))}
            />
          )}
        {drawing.time && (shape === "line" || shape === "bar") && <AddNote />}
      </div>
      {shape !== "table" && shape !== "number" && chart}
      <div className={styles.tableBox}>{cells}</div>
    </>
  );
}

/** A key figure a series, with its change and its course. */
function Numbers({
  answer,
  onOpen,
  compact = false,
}: Pick<AnswerProps<"trends">, "answer" | "onOpen" | "compact">) {
  const { say } = useEditing();
  const look = useLook(answer.params.breakdowns, false);
  const before = new Map(answer.comparisons[0]?.result.lines.map((line) => [lineKey(line), line]));
  const lines = wholeLines(answer);
  const colours = answer.params.breakdowns?.length ? [] : lineColours(answer.params, lines, look);
  return (
    <div className={styles.numbers} data-compact={compact || undefined}>
      {lines.map((line, at) => {
        const then = before.get(lineKey(line))?.total;
        const change = then && line.total !== null ? line.total / then - 1 : null;
        return (
          <div key={lineKey(line)}>
            <Figure
              label={line.name}
              value={look.say.figure(line.total, line.format)}
              openLabel={say("chart.open")}
              foot={
                change === null ? undefined : (
                  <Change
                    value={change}
                    text={look.say.percent(Math.abs(change))}
                    words={say("line.vs_before")}
                  />
                )
              }
              {...(line.opens && onOpen
                ? {
                    onOpen: () =>
                      onOpen({
                        cell: { series: line.series, bucket: null, group: line.group },
                        title: line.name,
                      }),
                  }
                : {})}
            />
            {line.values.length > 1 && (
              <Sparkline values={line.values} width={132} height={26} label={line.name} color={colours[at]} />
            )}
          </div>
        );
      })}
    </div>
  );
}
