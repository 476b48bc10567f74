import { useMemo, useState } from "react";
import type { GroupLabel } from "@/api/questions";
import { useEditing } from "@/editors";
import { Figure } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { Legend, toggled } from "@/pages/analyse/Legend";
import { useLook } from "@/pages/analyse/look";
import { Shown } from "@/pages/analyse/Shown";
import {
  BARS,
  pagesDrawing,
  pagesTable,
  SOURCE_FORMATS,
  sourcesDrawing,
  sourcesOf,
  sourcesTable,
  VIEWS,
} from "./drawing";
import type { View } from "./drawing";
import { pageName } from "./words";
import own from "./pages.module.css";

const HEADS = [
  ["visits", null],
  ["people", "visits"],
  ["new_people", "new"],
  ["views", null],
  ["pages_per_visit", null],
  ["bounce_rate", "bounced"],
  ["conversion_rate", "converted"],
  ["value", "converted"],
] as const;

/** The visits in figures; their sources and pages as bars and as a table. */
export function PagesAnswer(props: AnswerProps<"pages">) {
  const { answer, view: chosen, onOpen, compact = false } = props;
  const editing = useEditing();
  const tell = useKindSay("pages");
  const { params, result } = answer;
  const look = useLook(params.breakdowns, compact);
  const split = (params.breakdowns ?? []).length > 0;
  const view: View = chosen === "pages" || (!split && chosen !== "sources") ? "pages" : "sources";
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const name = useMemo(
    () => (label: GroupLabel) => pageName(label, params, editing, tell),
    [params, editing, tell],
  );
  const drawing = useMemo(
    () =>
      view === "sources"
        ? sourcesDrawing(result, look, tell)
        : pagesDrawing(result, name, look, tell, hidden),
    [view, result, look, tell, name, hidden],
  );
  const table = useMemo(
    () => (view === "sources" ? sourcesTable(result, look, tell) : pagesTable(result, name, look, tell)),
    [view, result, look, tell, name],
  );
  const total = result.sources[0];
  if (!total) return null;
  const bars = Math.min(BARS, view === "sources" ? sourcesOf(result).length : result.pages.length);
  return (
    <>
      {!compact && (
        <div className={own.figures}>
          {HEADS.filter(([head]) => total[head] !== null).map(([head, of]) => (
            <Figure
              key={head}
              label={tell(`figure.${head}`)}
              value={look.say.figure(total[head], SOURCE_FORMATS[head])}
              openLabel={look.say.word("chart.open")}
              {...(of && onOpen
                ? { onOpen: () => onOpen({ cell: { of }, title: tell(`figure.${head}`) }) }
                : {})}
            />
          ))}
        </div>
      )}
      <Shown<"pages">
        props={{ ...props, onView: props.onView && ((next) => props.onView?.(next ?? "sources")) }}
        view={view}
        views={VIEWS.map((each) => ({ value: each, label: tell(each) }))}
        drawing={drawing}
        height={48 + bars * (view === "sources" ? 28 : 34)}
        label={tell(`chart.${view}`)}
        nameOf={(series, at) => {
          if (view === "sources") return look.say.group(sourcesOf(result)[at]?.group ?? null);
          const page = result.pages[at];
          return page ? `${name(page.page)} · ${tell(`figure.${series}`)}` : "";
        }}
        table={table}
        head={
          view === "pages" && (
            <Legend
              hidden={hidden}
              onToggle={(key) => setHidden(toggled(hidden, key, 2))}
              entries={[
                { key: "entries", name: tell("figure.entries"), colour: look.palette.accent },
                { key: "exits", name: tell("figure.exits"), colour: look.palette.series[1] },
              ]}
            />
          )
        }
        foot={tell("rule", { minutes: params.timeout ?? 30 })}
      />
    </>
  );
}
