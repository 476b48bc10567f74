import { useCallback, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useLocation } from "react-router";
import { asProblem } from "@/api";
import type { Analysis, Answer, Cell, Params } from "@/api/questions";
import type { ChartHandle, TableModel } from "@/charts";
import { EditingProvider, useEditing } from "@/editors";
import { Failed, usePeopleDrawer, useProject } from "@/shell";
import { Bone, Button, Empty, Page, Progress } from "@/ui";
import { Actions } from "./Actions";
import { readable, useQuestion, writeQuestion } from "./address";
import { AnswerLine } from "./AnswerLine";
import type { AnswerProps, OpenCell } from "./answers";
import { firstQuestion } from "./defaults";
import { useLook } from "./look";
import { named } from "./named";
import { ProvenanceLine } from "./ProvenanceLine";
import { useRun } from "./run";
import type { Line, Voices } from "./words";
import styles from "./analyse.module.css";

/** What one kind of analysis brings to the page. */
export interface AnalysisKit<K extends Analysis> {
  kind: K;
  Question: (props: { params: Params<K>; onChange: (params: Params<K>) => void }) => ReactNode;
  Answer: (props: AnswerProps<K>) => ReactNode;
  line: (answer: Answer<K>, voices: Voices) => Line<Cell<K>>;
  notes?: (answer: Answer<K>, voices: Voices) => Line<Cell<K>>[];
  /** What the page asks beyond what the reader wrote. */
  complete?: (params: Params<K>) => Params<K>;
  isEmpty: (answer: Answer<K>) => boolean;
}

export function AnalysisPage<K extends Analysis>({ kit }: { kit: AnalysisKit<K> }) {
  const project = useProject();
  return (
    <EditingProvider project={project}>
      <Loaded key={`${project.id}/${kit.kind}`} kit={kit} />
    </EditingProvider>
  );
}

function Loaded<K extends Analysis>({ kit }: { kit: AnalysisKit<K> }) {
  const { schema, ready, say } = useEditing();
  const first = useMemo(() => firstQuestion(kit.kind, schema), [kit.kind, schema]);
  if (!ready) {
    return (
      <Page title={say(`title.${kit.kind}`)}>
        <AnswerBones question />
      </Page>
    );
  }
  return <Asking kit={kit} first={first} />;
}

function Asking<K extends Analysis>({ kit, first }: { kit: AnalysisKit<K>; first: Params<K> }) {
  const editing = useEditing();
  const { say, project, schema } = editing;
  const here = useLocation();
  const openPeople = usePeopleDrawer();
  const { params, ask, view, unreadable, setParams, setView } = useQuestion(kit.kind, first);
  const { complete } = kit;
  const full = useMemo(() => (complete ? complete(ask) : ask), [complete, ask]);
  const run = useRun(project.id, kit.kind, full);
  const look = useLook(params.breakdowns, false);
  const chart = useRef<ChartHandle>(null);
  const [table, setTable] = useState<TableModel<Cell> | null>(null);
  const voices = useMemo<Voices>(() => ({ editing, look }), [editing, look]);
  const answer = useMemo(() => (run.answer ? named(run.answer, editing) : undefined), [run.answer, editing]);
  const line = useMemo(() => (answer ? kit.line(answer, voices) : null), [kit, answer, voices]);
  const notes = useMemo(() => (answer && kit.notes ? kit.notes(answer, voices) : []), [kit, answer, voices]);
  const onOpen = useCallback(
    ({ cell, comparison, title }: OpenCell) =>
      answer &&
      openPeople({
        kind: kit.kind,
        params: answer.params as Record<string, unknown>,
        cell: cell as Record<string, unknown>,
        ...(comparison === undefined ? {} : { comparison }),
        title,
      }),
    [answer, kit.kind, openPeople],
  );
  const plain = line
    ? line.text.replace(/\{(\w+)\}/g, (_, mark: string) => line.slots[mark]?.text ?? "")
    : "";
  const query = readable(Object.entries(writeQuestion(params, view)));
  const { Question, Answer: Shown } = kit;
  return (
    <Page
      title={say(`title.${kit.kind}`)}
      actions={
        <Actions
          kind={kit.kind}
          params={ask}
          view={view}
          title={tileTitle(kit.kind, params, voices)}
          link={`${location.origin}${here.pathname}?${query}`}
          table={table}
          chart={chart}
        />
      }
    >
      {unreadable && <p className={styles.warning}>{say("address.unreadable")}</p>}
      {schema.events.length === 0 && (
        <Empty title={say("empty.no_events")}>{say("empty.no_events_hint")}</Empty>
      )}
      <section className={styles.question} aria-label={say("question.label")}>
        <Question params={params} onChange={setParams} />
      </section>
      <section
        className={styles.answer}
        aria-live="polite"
        aria-busy={run.fetching}
        data-old={run.old || undefined}
      >
        {run.fetching && (run.old || !answer) && <RunBar progress={run.progress} onStop={run.stop} />}
        {run.stopped && !run.fetching && (
          <p className={styles.warning}>
            {say("run.stopped")}{" "}
            <Button size="small" onClick={run.again}>
              {say("run.again")}
            </Button>
          </p>
        )}
        {run.error && asProblem(run.error).code !== "cancelled" ? (
          <Failed error={run.error} retry={run.again} />
        ) : answer ? (
          kit.isEmpty(answer) ? (
            <Empty title={plain || say("empty.nobody")}>{say("empty.nobody_hint")}</Empty>
          ) : (
            <>
              {(answer.warnings ?? []).map(({ code, message }) => (
                <p key={code} className={styles.warning}>
                  {editing.language === "en" ? message.en : message.zh}
                </p>
              ))}
              {line && (
                <p className={styles.line}>
                  <AnswerLine line={line} onOpen={onOpen} openLabel={say("chart.open")} />
                </p>
              )}
              {notes.length > 0 && (
                <ul className={styles.notes}>
                  {notes.map((note, at) => (
                    <li key={at}>
                      <AnswerLine line={note} onOpen={onOpen} openLabel={say("chart.open")} />
                    </li>
                  ))}
                </ul>
              )}
              <Shown
                answer={answer}
                view={view}
                onView={setView}
                onOpen={onOpen}
                handle={chart}
                onTable={setTable}
              />
              <ProvenanceLine provenance={answer.provenance} took={run.seconds} />
            </>
          )
        ) : (
          run.fetching && <AnswerBones />
        )}
      </section>
    </Page>
  );
}

function tileTitle(kind: Analysis, params: Params, { editing }: Voices): string {
  const { say, names } = editing;
  const own = params as {
    steps?: { any_of: { event: string }[] }[];
    series?: { step: { any_of: { event: string }[] } }[];
    start?: { any_of: { event: string }[] };
  };
  const events = (own.steps ?? own.series?.map((each) => each.step) ?? (own.start ? [own.start] : [])).map(
    (step) => names.event(step.any_of[0]?.event ?? ""),
  );
  const shown =
    events.length > 2 ? `${events[0]} → ${events.at(-1)}` : events.join(kind === "funnel" ? " → " : " · ");
  return say(`board.tile_${kind}`, { events: shown });
}

function RunBar({ progress, onStop }: { progress: number | null; onStop: () => void }) {
  const { say } = useEditing();
  if (progress === null) return null;
  return (
    <div className={styles.run} role="status">
      <Progress percent={Math.round(progress * 100)} size="small" showInfo={false} style={{ width: 160 }} />
      <span>{say("run.running", { percent: Math.round(progress * 100) })}</span>
      <Button size="small" onClick={onStop}>
        {say("run.stop")}
      </Button>
    </div>
  );
}

/** In the shape of what comes: a sentence, a chart, a table. */
function AnswerBones({ question = false }: { question?: boolean }) {
  return (
    <div className={styles.bones} role="status" aria-busy="true">
      {question && <Bone w="72%" h={22} />}
      <Bone w="54%" h={18} />
      <Bone w="100%" h={280} />
      {[0, 1, 2, 3].map((row) => (
        <Bone key={row} w="100%" h={14} />
      ))}
    </div>
  );
}
