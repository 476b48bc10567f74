import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { lookForSuggestions, useSuggestionChanges, useSuggestions } from "@/api";
import type { Suggestion, SuggestionRun } from "@/api";
import { useFollowed } from "@/pages/analyse/run";
import { Failed, useFormat, useMayEdit, useProject } from "@/shell";
import { BoneRows, Button, Empty, Mark, Progress, Section, Segmented, useNotify } from "@/ui";
import { AcceptAll } from "./AcceptAll";
import { Compared } from "./Compared";
import { SuggestedPair } from "./SuggestedPair";
import styles from "./suggestions.module.css";

const INSTALL = "pip install 'tidewheel[link]'";
const LEAST = [0.5, 0.9, 0.99] as const;

/** Pairs of people who may be one: looking for them, and deciding one after the other. */
export function Suggestions() {
  const { t } = useTranslation("identity");
  const project = useProject().id;
  const format = useFormat();
  const mayEdit = useMayEdit();
  const [least, setLeast] = useState<number>(LEAST[0]);
  const pages = useSuggestions(project, least);
  const look = useLook(project);
  const [all, setAll] = useState(false);
  const first = pages.data?.pages[0];
  const run = first?.run ?? null;
  const open = pages.data?.pages.flatMap((page) => page.suggestions) ?? [];
  const start = mayEdit && first?.installed && (
    <Button type={run ? "default" : "primary"} onClick={look.start} disabled={look.fetching}>
      {t(run ? "suggest.again" : "suggest.look")}
    </Button>
  );
  return (
    <>
      <Section
        title={t("suggest.title")}
        note={t("suggest.note")}
        extra={
          run && (
            <>
              {open.length > 0 && <All open={() => setAll(true)} />}
              {look.fetching ? <Button onClick={look.stop}>{t("suggest.stop")}</Button> : start}
            </>
          )
        }
      >
        {look.fetching && (
          <div className={styles.running} role="status">
            <Progress
              percent={Math.round((look.progress ?? 0) * 100)}
              size="small"
              style={{ maxWidth: 320 }}
            />
            <span>{t("suggest.running")}</span>
          </div>
        )}
        {look.error && !look.stopped && <Failed error={look.error} retry={look.start} />}
        {pages.error ? (
          <Failed error={pages.error} retry={() => void pages.refetch()} />
        ) : !first ? (
          <BoneRows rows={8} />
        ) : !run ? (
          !look.fetching &&
          (first.installed ? (
            <Empty title={t("suggest.none")} action={start || undefined}>
              {t("suggest.noneText")}
            </Empty>
          ) : (
            <Empty title={t("suggest.install")}>
              {t("suggest.installText")} <code>{INSTALL}</code>
            </Empty>
          ))
        ) : (
          <>
            <Made run={run} />
            <div className={styles.bar}>
              <span>{t("suggest.least")}</span>
              <Segmented
                size="small"
                value={least}
                onChange={(value) => setLeast(value)}
                options={LEAST.map((value) => ({ value, label: format.percent(value, 0) }))}
              />
              <span>{t("suggest.open", { count: first.total, shown: format.exact(first.total) })}</span>
              {mayEdit && open.length > 0 && <span className={styles.keys}>{t("suggest.keys")}</span>}
            </div>
            {open.length === 0 ? (
              <Empty title={t("suggest.done")}>{t("suggest.doneText")}</Empty>
            ) : (
              <Pairs open={open} mayEdit={mayEdit} />
            )}
            {pages.hasNextPage && (
              <Button
                type="text"
                loading={pages.isFetchingNextPage}
                onClick={() => void pages.fetchNextPage()}
              >
                {t("suggest.more")}
              </Button>
            )}
          </>
        )}
      </Section>
      {run && <Compared run={run} />}
      {all && <AcceptAll close={() => setAll(false)} />}
    </>
  );
}

function All({ open }: { open: () => void }) {
  const { t } = useTranslation("identity");
  const owner = useProject().role === "owner";
  return (
    <Button onClick={open} disabled={!owner} title={owner ? undefined : t("suggest.allOwner")}>
      {t("suggest.all")}
    </Button>
  );
}

function Made({ run }: { run: SuggestionRun }) {
  const { t } = useTranslation("identity");
  const format = useFormat();
  return (
    <p className={styles.made}>
      {t("suggest.made", {
        time: format.stamp(run.made_at),
        by: run.by,
        people: format.exact(run.people),
        total: format.exact(run.total),
      })}{" "}
      {run.stale && (
        <Mark tone="warn">
          {t("suggest.stale", { count: run.facts_since, shown: format.exact(run.facts_since) })}
        </Mark>
      )}
    </p>
  );
}

const nameOf = (one: Suggestion) => `${one.a.id} ${one.b.id}`;

/** One pair after the other; one is current, and keys decide about it. */
function Pairs({ open, mayEdit }: { open: Suggestion[]; mayEdit: boolean }) {
  const { t } = useTranslation("identity");
  const project = useProject().id;
  const { message } = useNotify();
  const { accept, refuse } = useSuggestionChanges(project);
  const [at, setAt] = useState(0);
  const [decided, setDecided] = useState<ReadonlySet<string>>(new Set());
  const left = open.filter((one) => !decided.has(nameOf(one)));
  const place = Math.min(at, left.length - 1);
  const list = useRef<HTMLOListElement>(null);
  // the pair goes at once, so that the next can be decided; it comes back if that fails
  const decide = (one: Suggestion, same: boolean) => {
    const pair = { a: one.a.id, b: one.b.id };
    setDecided((before) => new Set([...before, nameOf(one)]));
    // of each call by itself: decisions come faster than answers
    void (same ? accept.mutateAsync(pair) : refuse.mutateAsync(pair)).then(
      () => message.success(t(same ? "suggest.accepted" : "suggest.refused")),
      (error: Error) => {
        setDecided((before) => new Set([...before].filter((name) => name !== nameOf(one))));
        void message.error(error.message);
      },
    );
  };
  const onKey = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (event.metaKey || event.ctrlKey || event.altKey || target.closest("input, textarea, [role=dialog]"))
      return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      const next = Math.max(0, Math.min(left.length - 1, place + (key === "j" ? 1 : -1)));
      setAt(next);
      list.current?.children[next]?.scrollIntoView({ block: "nearest" });
    } else if (mayEdit && left[place] && (key === "a" || key === "r")) decide(left[place], key === "a");
  };
  const latest = useRef(onKey);
  useEffect(() => {
    latest.current = onKey;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => latest.current(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  return (
    <ol className={styles.pairs} ref={list}>
      {left.map((one, index) => (
        <SuggestedPair
          key={nameOf(one)}
          one={one}
          current={index === place}
          decide={mayEdit ? (same) => decide(one, same) : undefined}
        />
      ))}
    </ol>
  );
}

/** A run that is started by hand and followed. */
function useLook(project: string) {
  const queries = useQueryClient();
  const [turn, setTurn] = useState<number | null>(null);
  const run = useFollowed<SuggestionRun>(
    project,
    ["suggesting", project, turn],
    turn === null ? null : (how) => lookForSuggestions(project, how),
  );
  const done = turn !== null && !run.fetching && !run.old ? run.answer : undefined;
  useEffect(() => {
    if (done) void queries.invalidateQueries({ queryKey: ["identity", project] });
  }, [done, queries, project]);
  return { ...run, start: () => setTurn(Date.now()) };
}
