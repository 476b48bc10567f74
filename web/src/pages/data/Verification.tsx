import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnalyses, useVerified, useVerifyRuns, verifyAll } from "@/api";
import type { Verdict, Verified } from "@/api";
import { useFollowed } from "@/pages/analyse/run";
import { Failed, useFormat, useLanguage, useProject } from "@/shell";
import { BoneRows, Button, Empty, List, Mark, Page, Progress, Section, Segmented } from "@/ui";
import styles from "./data.module.css";

const SHARES = [0.01, 0.05, 0.2, 1];

/** Is what the pages say what the facts say: the last run, those before it, and one now. */
export function Verification() {
  const { t } = useTranslation("data");
  const project = useProject();
  const last = useVerified(project.id);
  const [share, setShare] = useState(SHARES[0]!);
  const now = useRunNow(share);
  const format = useFormat();
  return (
    <Page
      title={t("verify.title")}
      lead={t("verify.lead")}
      actions={
        <>
          <Segmented
            aria-label={t("verify.share")}
            options={SHARES.map((value) => ({ value, label: format.percent(value, 0) }))}
            value={share}
            onChange={(value) => setShare(value as number)}
            disabled={now.fetching}
          />
          {now.fetching ? (
            <Button onClick={now.stop}>{t("verify.stop")}</Button>
          ) : (
            <Button type="primary" onClick={now.start}>
              {t("verify.run")}
            </Button>
          )}
        </>
      }
    >
      {now.fetching && (
        <div className={styles.verifying} role="status">
          <Progress percent={Math.round((now.progress ?? 0) * 100)} size="small" style={{ maxWidth: 320 }} />
          <span className={styles.muted}>{t("verify.running")}</span>
        </div>
      )}
      {now.error && !now.stopped && <Failed error={now.error} retry={now.start} />}
      {last.error ? (
        <Failed error={last.error} retry={() => void last.refetch()} />
      ) : last.data === undefined ? (
        <BoneRows rows={8} />
      ) : last.data === null ? (
        <Empty title={t("verify.empty")}>{t("verify.emptyText")}</Empty>
      ) : (
        <>
          <Last report={last.data} />
          <Runs />
        </>
      )}
    </Page>
  );
}

/** A run that is started by hand and followed; what it finds is the last report from then on. */
function useRunNow(share: number) {
  const project = useProject().id;
  const queries = useQueryClient();
  const [turn, setTurn] = useState<{ seed: number; share: number } | null>(null);
  const run = useFollowed<Verified>(
    project,
    ["verifying", project, turn],
    turn && ((how) => verifyAll(project, turn.share, turn.seed, how)),
  );
  const done = turn && !run.fetching && !run.old ? run.answer : undefined;
  useEffect(() => {
    if (done) void queries.invalidateQueries({ queryKey: ["verified", project] });
  }, [done, queries, project]);
  return {
    ...run,
    start: () => setTurn({ seed: Math.floor(Date.now() / 1000) % 2 ** 31, share }),
  };
}

function Last({ report }: { report: Verified }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const differ = report.verdicts.filter((one) => one.differences.length > 0);
  const compared = report.verdicts.filter((one) => one.skipped === null);
  return (
    <Section
      title={t("verify.last")}
      note={t("verify.when", {
        time: format.stamp(report.checked_at),
        share: format.percent(report.sample, 1),
      })}
      extra={
        <Mark tone={report.agreed ? "accent" : "loss"}>
          {report.agreed
            ? t("verify.agreed", { count: compared.length, shown: format.exact(compared.length) })
            : t("verify.differ", { count: differ.length, shown: format.exact(differ.length) })}
        </Mark>
      }
    >
      <List
        label={t("verify.last")}
        head={
          <>
            <th>{t("verify.question")}</th>
            <th data-right>{t("verify.people")}</th>
            <th data-right data-wide>
              {t("verify.rows")}
            </th>
            <th data-right data-wide>
              {t("verify.leftOut")}
            </th>
            <th>{t("verify.verdict")}</th>
          </>
        }
      >
        {[...differ, ...report.verdicts.filter((one) => !differ.includes(one))].map((one) => (
          <Row key={one.name} verdict={one} />
        ))}
      </List>
    </Section>
  );
}

function Row({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const name = useName();
  return (
    <tr>
      <td>{name(verdict)}</td>
      <td data-right>{verdict.skipped ? "–" : format.exact(verdict.people)}</td>
      <td data-right data-wide>
        {verdict.skipped ? "–" : format.exact(verdict.rows)}
      </td>
      <td data-right data-wide>
        {verdict.skipped ? "–" : format.exact(verdict.left_out)}
      </td>
      <td>
        {verdict.skipped !== null ? (
          <span className={styles.muted}>
            {t("verify.skipped", {
              why: t(`verify.why.${verdict.skipped.replaceAll(" ", "_")}`, { defaultValue: verdict.skipped }),
            })}
          </span>
        ) : verdict.differences.length === 0 ? (
          <Mark tone="accent">{t("verify.same")}</Mark>
        ) : (
          <details>
            <summary>
              <Mark tone="loss">
                {t("verify.differences", {
                  count: verdict.differences.length,
                  shown: format.exact(verdict.differences.length),
                })}
              </Mark>
            </summary>
            <ul className={styles.differences}>
              {verdict.differences.map((line) => (
                <li key={line}>
                  <code>{line}</code>
                </li>
              ))}
            </ul>
          </details>
        )}
      </td>
    </tr>
  );
}

/** What a verdict is about, as people call it. */
function useName(): (verdict: Verdict) => string {
  const { t } = useTranslation("data");
  const language = useLanguage();
  const kinds = useAnalyses(useProject().id);
  return ({ name, kind }) => {
    const sample = / sample (\d+)$/.exec(name);
    const known = kinds.data?.find((one) => one.name === kind);
    const title = known ? (language === "en" ? known.title.en : known.title.zh) : kind;
    if (name === "people") return t("verify.persons");
    return sample ? t("verify.sample", { kind: title, n: sample[1] }) : name;
  };
}

function Runs() {
  const { t } = useTranslation("data");
  const format = useFormat();
  const runs = useVerifyRuns(useProject().id);
  if (!runs.data) return null;
  return (
    <Section title={t("verify.runs")} note={t("verify.nightly")}>
      <List
        label={t("verify.runs")}
        head={
          <>
            <th>{t("verify.time")}</th>
            <th data-right>{t("verify.share")}</th>
            <th data-right>{t("verify.compared")}</th>
            <th>{t("verify.verdict")}</th>
          </>
        }
      >
        {runs.data.map((run) => (
          <tr key={`${run.checked_at}-${run.seed}`}>
            <td>{format.stamp(run.checked_at)}</td>
            <td data-right>{format.percent(run.sample, 1)}</td>
            <td data-right>{`${format.exact(run.compared)} / ${format.exact(run.questions)}`}</td>
            <td>
              <Mark tone={run.agreed ? "accent" : "loss"}>
                {run.agreed
                  ? t("verify.same")
                  : t("verify.differ", { count: run.differ, shown: format.exact(run.differ) })}
              </Mark>
            </td>
          </tr>
        ))}
      </List>
    </Section>
  );
}
