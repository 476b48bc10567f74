import { Suspense, useCallback, useMemo, useRef, useState } from "react";
import { useLocation, useNavigate, useParams } from "react-router";
import { asProblem, useAnalyses } from "@/api";
import type { AnalysisKind } from "@/api";
import type { Analysis, Answer, Cell, Params } from "@/api/questions";
import type { ChartHandle, TableModel } from "@/charts";
import { EditingProvider, useEditing } from "@/editors";
import { Failed, useAddress, usePeopleDrawer, useProject } from "@/shell";
import { Bone, Button, Empty, Page, Progress } from "@/ui";
import { Actions } from "./Actions";
import { Against } from "./Against";
import { readable, useQuestion, writeQuestion } from "./address";
import { AnswerLine } from "./AnswerLine";
import type { OpenCell } from "./answers";
import { eventsOf } from "./events";
import { figuresLine } from "./figures";
import { Form } from "./form/Form";
import type { AnalysisKit } from "./kit";
import { useKit } from "./kits";
import { useLook } from "./look";
import { ProvenanceLine } from "./ProvenanceLine";
import { useRun } from "./run";
import type { Voices } from "./words";
import styles from "./analyse.module.css";

/** `/analyse/:kind`: a question, its answer in words, chart and table, and the people behind each figure. */
export function AnalysisPage() {
  const project = useProject();
  const { kind = "" } = useParams();
  return (
    <EditingProvider project={project}>
      <Suspense key={`${project.id}/${kind}`} fallback={<Bones title="" />}>
        <Loaded name={kind} />
      </Suspense>
    </EditingProvider>
  );
}

/** An address of a kind that is not there. */
function NoKind({ name }: { name: string }) {
  const { say } = useEditing();
  const address = useAddress();
  const go = useNavigate();
  return (
    <Page title={say("address.no_kind")} lead={name}>
      <Button onClick={() => void go(address("/analyse/trends"))}>{say("address.to_trends")}</Button>
    </Page>
  );
}

/** What to do before there is anything to ask about. */
function NoEvents() {
  const { say } = useEditing();
  const address = useAddress();
  const go = useNavigate();
  return (
    <Empty
      title={say("empty.no_events")}
      action={
        <div style={{ display: "flex", gap: 8 }}>
          <Button type="primary" onClick={() => void go(address("/data/sources"))}>
            {say("empty.connect")}
          </Button>
          <Button onClick={() => void go(address("/data/import"))}>{say("empty.import")}</Button>
        </div>
      }
    >
      {say("empty.no_events_hint")}
    </Empty>
  );
}

function Bones({ title }: { title: string }) {
  return (
    <Page title={title}>
      <AnswerBones question />
    </Page>
  );
}

function Loaded({ name }: { name: string }) {
  const { schema, ready, project, language } = useEditing();
  const kit = useKit(name);
  const kinds = useAnalyses(project.id);
  const kind = kinds.data?.find((each) => each.name === name);
  const first = useMemo(
    () => kit?.first?.(schema) ?? (kind?.sample as Params | undefined),
    [kit, kind, schema],
  );
  const title = kind ? (language === "en" ? kind.title.en : kind.title.zh) : "";
  if (kinds.error) return <Failed error={kinds.error} retry={() => void kinds.refetch()} />;
  if (!ready || !kinds.data) return <Bones title={title} />;
  if (!kit || !kind || !first) return <NoKind name={name} />;
  return <Asking kit={kit} kind={kind} title={title} first={first} />;
}

function Asking({
  kit,
  kind,
  title,
  first,
}: {
  kit: AnalysisKit;
  kind: AnalysisKind;
  title: string;
  first: Params;
}) {
  const editing = useEditing();
  const { say, project, schema } = editing;
  const here = useLocation();
  const openPeople = usePeopleDrawer();
  const { params, ask, view, unreadable, setParams, setView } = useQuestion<Analysis>(first, kit.reads);
  const { complete } = kit;
  const full = useMemo(() => (complete ? complete(ask) : ask), [complete, ask]);
  const run = useRun(project.id, kit.kind, full);
  const look = useLook(params.breakdowns, false);
  const chart = useRef<ChartHandle>(null);
  const [table, setTable] = useState<TableModel<Cell> | null>(null);
  const voices = useMemo<Voices>(() => ({ editing, look }), [editing, look]);
  const answer = useMemo(
    () => (run.answer ? (kit.named?.(run.answer, editing) ?? run.answer) : undefined),
    [kit, run.answer, editing],
  );
  const line = useMemo(
    () => (answer ? (kit.line ?? figuresLine)(answer, voices) : null),
    [kit, answer, voices],
  );
  const notes = useMemo(() => (answer ? (kit.notes?.(answer, voices) ?? []) : []), [kit, answer, voices]);
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
      title={title}
      actions={
        <Actions
          kit={kit}
          params={ask}
          view={view}
          title={tileTitle(kit.kind, title, params, voices)}
          link={`${location.origin}${here.pathname}?${query}`}
          table={table}
          chart={chart}
          figures={answer?.figures ?? []}
        />
      }
    >
      {unreadable && <p className={styles.warning}>{say("address.unreadable")}</p>}
      {schema.events.length === 0 && <NoEvents />}
      <section className={styles.question} aria-label={say("question.label")}>
        {Question ? (
          <Question params={params} onChange={setParams} />
        ) : (
          <Form kind={kind} params={params} onChange={setParams} tucked={kit.tucked} unsplit={kit.unsplit} />
        )}
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
            schema.events.length > 0 && (
              <Empty title={plain || say("empty.nobody")}>{say("empty.nobody_hint")}</Empty>
            )
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
                onAsk={setParams}
                handle={chart}
                onTable={setTable}
              />
              {answer.comparisons.length > (kit.against ? 0 : 1) && (
                <Against answer={answer} formatOf={kit.against} look={look} onOpen={onOpen} />
              )}
              <ProvenanceLine answer={(run.answer ?? answer) as Answer} took={run.seconds} />
            </>
          )
        ) : (
          run.fetching && <AnswerBones />
        )}
      </section>
    </Page>
  );
}

function tileTitle(kind: Analysis, title: string, params: Params, { editing }: Voices): string {
  const events = eventsOf(params).map(editing.names.event);
  const funnel = kind === "funnel";
  const shown = events.length > 2 ? `${events[0]} → ${events.at(-1)}` : events.join(funnel ? " → " : " · ");
  return editing.say("board.tile_title", { title, events: shown });
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
