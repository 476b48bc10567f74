import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { asProblem, exportSql, useSavedSql, useSqlTables } from "@/api";
import type { SavedSql, SqlQuery } from "@/api";
import { EditingProvider } from "@/editors";
import { SaveToBoard } from "@/pages/analyse/SaveToBoard";
import { readable } from "@/pages/analyse/address";
import { Failed, useFormat, useProject } from "@/shell";
import { Bone, BoneRows, Button, Code, copyText, Icon, Menu, Modal, Page, Progress, useNotify } from "@/ui";
import { Answer } from "./Answer";
import { sqlCommand, sqlCurl } from "./commands";
import type { EditorHandle } from "./Editor";
import { examples } from "./examples";
import { Parameters } from "./Parameters";
import { NOTHING, parametersOf, placeOf, readSql, sameSql, writeSql } from "./query";
import { useSqlRun } from "./run";
import { Saved } from "./Saved";
import { Tables } from "./Tables";
import styles from "./sql.module.css";

const RUN_KEY = /Mac|iP/.test(navigator.platform) ? "⌘↵" : "Ctrl ↵";
const Editor = lazy(() => import("./Editor"));

/** `/analyse/sql`: a query over the project's tables, its parameters, and its answer as table and chart. */
export function SqlPage() {
  const project = useProject();
  const [search] = useSearchParams();
  const id = search.get("id");
  const saved = useSavedSql(project.id);
  const held = saved.data?.find((each) => each.id === id) ?? null;
  if (id && !search.has("q") && saved.isPending) return <BoneRows rows={8} />;
  return <Workbench key={project.id} held={held} />;
}

function Workbench({ held }: { held: SavedSql | null }) {
  const { t } = useTranslation("sql");
  const project = useProject();
  const { message } = useNotify();
  const { today } = useFormat();
  const [search] = useSearchParams();
  const go = useNavigate();
  const written = search.get("q");
  const asked = useMemo<SqlQuery | null>(() => readSql(written) ?? held, [written, held]);
  const [draft, setDraft] = useState<SqlQuery>(asked ?? NOTHING);
  // Another address is another query: what is written in the editor follows it.
  const here = `${written ?? ""}#${held?.id ?? ""}`;
  const [seen, setSeen] = useState(here);
  // What was just run stays as it is written by now: somebody may be typing on.
  const [sent, setSent] = useState<string | null>(null);
  if (seen !== here) {
    setSeen(here);
    if (sent === null || sent !== written) setDraft(asked ?? NOTHING);
  }
  const [turn, setTurn] = useState(0);
  const run = useSqlRun(project.id, asked, turn);
  const editor = useRef<EditorHandle>(null);
  const [dialog, setDialog] = useState<"board" | "code" | null>(null);
  const tables = useSqlTables(project.id);
  const columns = useMemo(
    () =>
      Object.fromEntries(
        (tables.data?.tables ?? []).map((table) => [table.name, table.columns.map((column) => column.name)]),
      ),
    [tables.data],
  );

  const open = useCallback(
    (query: SqlQuery | null, id: string | null) => {
      const kept = new URLSearchParams(search);
      for (const name of ["q", "id"]) kept.delete(name);
      if (query) kept.set("q", writeSql(query));
      if (id) kept.set("id", id);
      void go({ search: `?${readable(kept)}` }, { preventScrollReset: true });
    },
    [go, search],
  );
  const ask = useCallback(
    (query: SqlQuery) => {
      if (!query.sql.trim()) return;
      if (asked && sameSql(asked, query)) {
        if (run.stopped) run.again();
        else setTurn((before) => before + 1);
      } else {
        setSent(writeSql(query));
        open(query, held?.id ?? null);
      }
    },
    [asked, held, open, run],
  );
  const edit = (sql: string) => setDraft({ ...draft, sql, parameters: parametersOf(sql, draft.parameters) });
  const insert = useCallback((text: string) => editor.current?.insert(text), []);
  const problem = run.error && !run.fetching ? asProblem(run.error) : null;
  const fresh = asked !== null && sameSql(asked, draft);
  const mark = useMemo(
    () => (problem && fresh ? placeOf(problem.field) : null),
    // A problem is made anew each time it is read; what it says is what counts.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [problem?.field, fresh],
  );
  const link = () => `${location.origin}${location.pathname}?${readable([["q", writeSql(draft)]])}`;
  const download = async () => {
    try {
      const { file, more } = await exportSql(project.id, draft);
      const href = URL.createObjectURL(file);
      const anchor = document.createElement("a");
      anchor.href = href;
      anchor.download = `${held?.name ?? "sql"}-${today()}.csv`;
      anchor.click();
      URL.revokeObjectURL(href);
      if (more) void message.warning(t("exportMore", { count: tables.data?.export_rows ?? 0 }));
    } catch (error) {
      void message.error(asProblem(error).message || t("exportFailed"));
    }
  };
  const empty = !draft.sql.trim();
  return (
    <Page
      title={held ? t("titleOf", { name: held.name }) : t("title")}
      tabTitle={held?.name ?? t("title")}
      lead={t("lead")}
      actions={
        <>
          <Saved
            query={draft}
            held={held}
            open={(saved) => open(null, saved.id)}
            forget={() => open(draft, null)}
          />
          <Button
            size="small"
            icon={<Icon name="boards" size={14} />}
            disabled={empty}
            onClick={() => setDialog("board")}
          >
            {t("toBoard")}
          </Button>
          <Menu
            trigger={["click"]}
            disabled={empty}
            menu={{
              items: [
                { key: "csv", label: t("csv") },
                { key: "link", label: t("copyLink") },
                { key: "code", label: t("code") },
              ],
              onClick: ({ key }) => {
                if (key === "csv") void download();
                if (key === "link") void copyText(link()).then(() => message.info(t("linkCopied")));
                if (key === "code") setDialog("code");
              },
            }}
          >
            <Button size="small" icon={<Icon name="download" size={14} />} disabled={empty}>
              {t("export")}
            </Button>
          </Menu>
        </>
      }
    >
      <div className={styles.workbench}>
        <details className={styles.side} open={window.innerWidth > 900}>
          <summary>{t("tables")}</summary>
          <Tables insert={insert} />
        </details>
        <div className={styles.main}>
          <Suspense fallback={<Bone w="100%" h={180} />}>
            <Editor
              value={draft.sql}
              onChange={edit}
              onRun={() => ask(draft)}
              tables={columns}
              mark={mark}
              label={t("editor")}
              hint={t("editorHint")}
              handle={editor}
            />
          </Suspense>
          <div className={styles.bar}>
            <Button
              type="primary"
              size="small"
              icon={<Icon name="play" size={14} />}
              disabled={empty || (run.fetching && fresh)}
              onClick={() => ask(draft)}
            >
              {t("run")}
            </Button>
            <kbd>{RUN_KEY}</kbd>
            {run.fetching && (
              <span className={styles.running} role="status">
                <Progress
                  percent={Math.round((run.progress ?? 0) * 100)}
                  size="small"
                  showInfo={false}
                  style={{ width: 120 }}
                />
                {t("running")}
                <Button size="small" onClick={run.stop}>
                  {t("stop")}
                </Button>
              </span>
            )}
            {run.stopped && !run.fetching && <span className={styles.quiet}>{t("stopped")}</span>}
            {!run.fetching && run.answer && !problem && (
              <span className={styles.quiet}>
                {t("took", {
                  count: run.answer.rows.length,
                  seconds: (run.seconds ?? 0).toFixed(2),
                })}
                {run.answer.more && ` · ${t("more")}`}
                {!fresh && ` · ${t("edited")}`}
              </span>
            )}
          </div>
          {draft.parameters.length > 0 && (
            <Parameters
              parameters={draft.parameters}
              onChange={(parameters) => setDraft({ ...draft, parameters })}
            />
          )}
          <section aria-live="polite" aria-busy={run.fetching}>
            {problem && problem.code !== "cancelled" ? (
              <Failed error={problem} />
            ) : run.answer && asked ? (
              <Answer
                answer={run.answer}
                chart={draft.chart}
                onChart={(chart) => {
                  setDraft({ ...draft, chart });
                  if (fresh) {
                    setSent(writeSql({ ...draft, chart }));
                    open({ ...draft, chart }, held?.id ?? null);
                  }
                }}
              />
            ) : (
              !run.fetching && empty && <Examples open={(query) => open(query, null)} />
            )}
            {run.fetching && !run.answer && <BoneRows rows={6} />}
          </section>
        </div>
      </div>
      {dialog === "board" && (
        <EditingProvider project={project}>
          <SaveToBoard
            kind="sql"
            params={draft}
            view={null}
            title={held?.name ?? t("title")}
            onClose={() => setDialog(null)}
          />
        </EditingProvider>
      )}
      <Modal
        open={dialog === "code"}
        title={t("code")}
        onCancel={() => setDialog(null)}
        footer={null}
        width={640}
      >
        <p className={styles.quiet}>{t("codeNote")}</p>
        <Code copy={t("copy")} copied={t("copied")}>
          {sqlCommand(project.id, draft)}
        </Code>
        <Code copy={t("copy")} copied={t("copied")}>
          {sqlCurl(location.origin, project.id, draft)}
        </Code>
      </Modal>
    </Page>
  );
}

function Examples({ open }: { open: (query: SqlQuery) => void }) {
  const { t } = useTranslation("sql");
  return (
    <div className={styles.examples}>
      <p>{t("examples")}</p>
      <ul>
        {examples.map(({ key, query }) => (
          <li key={key}>
            <button type="button" onClick={() => open(query)}>
              <b>{t(`example.${key}`)}</b>
              <code>{query.sql.split("\n", 2).join(" ")} …</code>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
