import { useEffect, useMemo, useState } from "react";
import type { Answer, Compared, FunnelCell } from "@/api/questions";
import { Chart, DataTable, droppedWord, funnelTable } from "@/charts";
import {
  conversionDrawing,
  DRAWN,
  drawnGroups,
  funnelColours,
  funnelDrawing,
  timesDrawing,
} from "@/charts/funnel";
import { useEditing } from "@/editors";
import { OpenFigure, Segmented } from "@/ui";
import type { AnswerProps, OpenCell } from "@/pages/analyse/answers";
import { Legend, toggled } from "@/pages/analyse/Legend";
import { useLook } from "@/pages/analyse/look";
import { headingOf, labelOf } from "@/pages/analyse/words";
import type { Look } from "@/charts";
import styles from "@/pages/analyse/analyse.module.css";

export const FUNNEL_VIEWS = ["steps", "times", "trend", "table"] as const;
export type FunnelView = (typeof FUNNEL_VIEWS)[number];

export function funnelView(view: string | null): FunnelView {
  return FUNNEL_VIEWS.includes(view as FunnelView) ? (view as FunnelView) : "steps";
}

export function FunnelAnswer({
  answer,
  view,
  onView,
  onOpen,
  compact = false,
  handle,
  onTable,
}: AnswerProps<"funnel">) {
  const editing = useEditing();
  const { say } = editing;
  const look = useLook(answer.params.breakdowns, compact);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const { result, params } = answer;
  const compared = answer.comparisons[0]?.result;
  const shape = funnelView(view);
  const [first] = answer.comparisons;
  const label = first && headingOf(first as Compared, params, { editing, look });
  const table = useMemo(
    () => funnelTable({ result, compared, label, count: params.count }, look),
    [result, compared, label, params.count, look],
  );
  useEffect(() => onTable?.(table), [onTable, table]);
  const asked = { result, compared, hidden, count: params.count };
  const drawing =
    shape === "times"
      ? timesDrawing(asked, look)
      : shape === "trend"
        ? conversionDrawing({ ...asked, params }, look)
        : funnelDrawing(asked, look);
  const groups = drawnGroups(result);
  const colours = funnelColours(result, look);
  const open = (cell: FunnelCell | undefined) =>
    cell && onOpen?.({ cell, title: cellTitle(answer, cell, look, say) });
  const cells = (
    <DataTable
      table={table}
      dense={compact}
      openLabel={say("chart.open")}
      onOpen={onOpen && (({ cell, title }) => cell && onOpen({ cell, title: title ?? "" }))}
    />
  );
  const columns = shape === "steps";
  const chart = (
    <Chart
      option={drawing.option}
      time={drawing.time}
      compact={compact}
      height={columns ? 240 : 300}
      nearest={drawing.nearest ?? false}
      label={say(`chart.funnel_${shape}_label`)}
      handle={handle}
      onPoint={({ seriesId, dataIndex }) => open(drawing.cells[`${seriesId}/${dataIndex}`])}
    />
  );
  if (compact) {
    if (shape === "table") return cells;
    if (!columns) return chart;
    return (
      <div className={styles.compactFunnel}>
        <StepHeads answer={answer} look={look} compact />
        {chart}
      </div>
    );
  }
  return (
    <>
      <div className={styles.chartHead}>
        <Segmented
          size="small"
          value={shape}
          onChange={(next) => onView?.(next === "steps" ? null : String(next))}
          options={FUNNEL_VIEWS.map((each) => ({ value: each, label: say(`view.${each}`) }))}
        />
        {shape !== "table" && groups.length > 1 && (shape !== "trend" || look.narrow) && (
          <Legend
            hidden={hidden}
            onToggle={(key) => setHidden(toggled(hidden, key, groups.length))}
            entries={groups.map((group) => ({
              key: JSON.stringify(group.group),
              name: look.say.group(group.group),
              colour: colours.get(JSON.stringify(group.group)) ?? "",
            }))}
          />
        )}
        {columns && compared && groups.length === 1 && (
          <span className={styles.note}>
            {say("chart.before_mark", {
              label: labelOf(answer.comparisons[0] as Compared, params, { editing, look }),
            })}
          </span>
        )}
        {result.groups.length - 1 > DRAWN && shape !== "table" && (
          <span className={styles.note}>
            {say("chart.drawn", { n: DRAWN, of: result.groups.length - 1 })}
          </span>
        )}
      </div>
      {columns && (
        <div className={styles.wide}>
          <div style={{ minWidth: result.groups[0]!.steps.length * 84 }}>
            <StepHeads answer={answer} look={look} onOpen={onOpen} />
            {chart}
          </div>
        </div>
      )}
      {(shape === "times" || shape === "trend") && chart}
      <div className={styles.tableBox}>{cells}</div>
    </>
  );
}

function cellTitle(
  answer: Answer<"funnel">,
  cell: FunnelCell,
  look: Look,
  say: (key: string, values?: Record<string, string | number>) => string,
): string {
  const step = answer.result.groups[0]?.steps[cell.step - 1];
  const name = step?.name ?? "";
  const head = cell.dropped ? say(droppedWord(step), { step: name }) : name;
  const bucket =
    cell.bucket === null || cell.bucket === undefined
      ? ""
      : look.say.bucket(
          answer.result.groups[0]?.trend[cell.bucket]?.bucket ?? "",
          answer.params.trend ?? "day",
        );
  const group = cell.group ? look.say.group(cell.group) : "";
  return [head, group, bucket].filter(Boolean).join(" · ");
}

/** Above each column: the step, how many reached it, and what share of the step before. */
function StepHeads({
  answer,
  look,
  onOpen,
  compact = false,
}: {
  answer: Answer<"funnel">;
  look: Look;
  onOpen?: ((open: OpenCell) => void) | undefined;
  compact?: boolean;
}) {
  const { say } = useEditing();
  const everyone = answer.result.groups.find((group) => group.group === null) ?? answer.result.groups[0];
  return (
    <ol className={styles.heads} data-compact={compact || undefined}>
      {(everyone?.steps ?? []).map((step, at) => (
        <li key={at}>
          <span className={styles.headName} title={step.name}>
            <i className={styles.number}>{at + 1}</i>
            {step.name}
            {step.optional && (
              <em>
                {say("join.sentence")}
                {say("step.optional_word")}
              </em>
            )}
          </span>
          <b>
            <OpenFigure
              title={say("chart.open")}
              {...(onOpen
                ? { onOpen: () => onOpen({ cell: { step: at + 1, dropped: false }, title: step.name }) }
                : {})}
            >
              {look.say.figure(step.count, "number")}
            </OpenFigure>
          </b>
          <span className={styles.headRate}>
            {at === 0 ? "100%" : `→ ${look.say.percent(step.rate_from_previous)}`}
            {at > 0 && !compact && !look.narrow && step.median_seconds !== null && (
              <span className={styles.headTime}> · {look.say.duration(step.median_seconds)}</span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
