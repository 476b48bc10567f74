import { useEffect, useMemo, useState } from "react";
import type { GroupLabel, SessionsCell } from "@/api/questions";
import { Chart, DataTable } from "@/charts";
import { groupColours } from "@/charts/look";
import { useEditing } from "@/editors";
import { Figure, Segmented, Select } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { Legend, toggled } from "@/pages/analyse/Legend";
import { useLook } from "@/pages/analyse/look";
import styles from "@/pages/analyse/analyse.module.css";
import { Bins } from "./Bins";
import { endsTable, FORMATS, groupsTable, lines, SHOWS, trendDrawing } from "./drawing";
import type { Shows } from "./drawing";
import own from "./sessions.module.css";

const HEADS = [
  "sessions",
  "people",
  "per_person",
  "duration_median",
  "duration_p90",
  "depth_mean",
  "bounce_rate",
] as const;

/** The figures, one of them over time, how long and deep, where from and where to. */
export function SessionsAnswer({
  answer,
  view,
  onView,
  onOpen,
  compact = false,
  handle,
  onTable,
}: AnswerProps<"sessions">) {
  const { say, names } = useEditing();
  const tell = useKindSay("sessions");
  const { params, result } = answer;
  const look = useLook(params.breakdowns, compact);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const shows: Shows = SHOWS.includes(view as Shows) ? (view as Shows) : "sessions";
  const property = params.ends?.property ?? "$event";
  const compared = answer.comparisons[0]?.result;
  const drawing = useMemo(
    () => trendDrawing({ params, result, compared, shows, hidden, say: tell }, look),
    [params, result, compared, shows, hidden, tell, look],
  );
  const ends = useMemo(() => {
    const name = (label: GroupLabel) => {
      const [value] = label;
      if (value === "$other") return tell("ends.other");
      if (value === null || value === undefined) return tell("ends.unset");
      if (property === "$event") return names.event(String(value));
      return typeof value === "string" ? (names.value(property, value) ?? value) : look.say.group([value]);
    };
    return endsTable(result, look, tell, name);
  }, [result, look, tell, names, property]);
  useEffect(() => onTable?.(ends), [onTable, ends]);
  const total = result.groups[0]?.total;
  if (!total) return null;
  const open = (cell: SessionsCell, title: string) => onOpen?.({ cell, title });
  const drawn = lines(result);
  const colours = groupColours(
    drawn.map(({ group }) => group),
    look.palette,
  );
  const options = SHOWS.map((each) => ({ value: each, label: tell(`figure.${each}`) }));
  const choose = (next: string) => onView?.(next === "sessions" ? null : next);
  const chart = (
    <Chart
      option={drawing.option}
      time={drawing.time}
      compact={compact}
      height={240}
      nearest
      label={tell("chart", { figure: tell(`figure.${shows}`) })}
      handle={handle}
      onPoint={({ seriesId, dataIndex }) => {
        const cell = drawing.cells[`${seriesId}/${dataIndex}`];
        const bucket = look.say.bucket(result.buckets[dataIndex] ?? "", params.grain ?? "day");
        if (cell)
          open(cell, [cell.group ? look.say.group(cell.group) : "", bucket].filter(Boolean).join(" · "));
      }}
    />
  );
  if (compact) return chart;
  return (
    <>
      <div className={own.figures}>
        {HEADS.map((head) => (
          <Figure
            key={head}
            label={tell(`figure.${head}`)}
            value={look.say.figure(total[head], FORMATS[head])}
            openLabel={say("chart.open")}
            {...(head === "people" || head === "bounce_rate"
              ? {
                  onOpen: () => open(head === "people" ? {} : { bounced: true }, tell(`figure.${head}`)),
                }
              : {})}
          />
        ))}
      </div>
      <div className={styles.chartHead}>
        {look.narrow ? (
          <Select
            size="small"
            style={{ minWidth: 140 }}
            aria-label={tell("shows")}
            value={shows}
            onChange={choose}
            options={options}
          />
        ) : (
          <Segmented size="small" value={shows} onChange={(next) => choose(String(next))} options={options} />
        )}
        <Legend
          hidden={hidden}
          onToggle={(key) => setHidden(toggled(hidden, key, drawn.length))}
          entries={drawn.map(({ group }, at) => ({
            key: JSON.stringify(group),
            name: look.say.group(group),
            colour: colours[at] ?? "",
          }))}
        />
      </div>
      {chart}
      <div className={own.spread}>
        <Bins bins={result.durations} of="duration" look={look} say={tell} onOpen={open} />
        <Bins bins={result.depths} of="depth" look={look} say={tell} onOpen={open} />
      </div>
      {result.groups.length > 1 && (
        <div className={styles.tableBox}>
          <h2 className={styles.tableTitle}>{tell("groups")}</h2>
          <DataTable<SessionsCell>
            table={groupsTable(result, look, tell)}
            openLabel={say("chart.open")}
            onOpen={onOpen && (({ cell, title }) => cell && open(cell, title ?? ""))}
          />
        </div>
      )}
      <div className={styles.tableBox}>
        <h2 className={styles.tableTitle}>{tell("ends.caption")}</h2>
        <DataTable<SessionsCell>
          table={ends}
          openLabel={say("chart.open")}
          onOpen={onOpen && (({ cell, title }) => cell && open(cell, title ?? ""))}
        />
        <p className={styles.note}>{tell("rule", { minutes: params.timeout ?? 30 })}</p>
      </div>
    </>
  );
}
