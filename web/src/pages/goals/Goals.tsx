import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useExplainedGoal, useGoals, useMetrics } from "@/api";
import type { Goal } from "@/api";
import { useMetricWords } from "@/pages/metrics/figure";
import { Failed, useAddress, useFormat, useMayEdit, usePeriod, useProject } from "@/shell";
import { writePeriod } from "@/shell/place";
import { Bone, BoneRows, Button, Change, Empty, Icon, List, Page } from "@/ui";
import { GoalForm } from "./GoalForm";
import { TargetBar } from "./TargetBar";
import styles from "./goals.module.css";
import { useGoalWords } from "./words";

/** The project's goals: where each stands, how far it is, and what moved it most. */
export function Goals() {
  const { t } = useTranslation("goals");
  const project = useProject().id;
  const goals = useGoals(project);
  const metrics = useMetrics(project);
  const mayEdit = useMayEdit();
  const address = useAddress();
  const go = useNavigate();
  const [adding, setAdding] = useState(false);
  const all = goals.data ?? [];
  const add = mayEdit && (metrics.data?.length ?? 0) > 0 && (
    <Button type="primary" icon={<Icon name="plus" size={14} />} onClick={() => setAdding(true)}>
      {t("new")}
    </Button>
  );
  return (
    <Page title={t("title")} lead={t("lead")} actions={all.length > 0 && add}>
      {goals.error ? (
        <Failed error={goals.error} retry={() => void goals.refetch()} />
      ) : !goals.data ? (
        <BoneRows rows={3} />
      ) : all.length === 0 ? (
        <Empty
          title={t("empty")}
          action={add || <Button onClick={() => void go(address("/metrics"))}>{t("toMetrics")}</Button>}
        >
          {t("emptyText")}
        </Empty>
      ) : (
        <List
          label={t("title")}
          head={
            <>
              <th>{t("goal")}</th>
              <th data-right>{t("value")}</th>
              <th data-right data-wide>
                {t("change")}
              </th>
              <th data-wide>{t("target")}</th>
              <th data-wide>{t("why")}</th>
            </>
          }
        >
          {all.map((goal) => (
            <Row key={goal.name} goal={goal} />
          ))}
        </List>
      )}
      {adding && <GoalForm close={() => setAdding(false)} />}
    </Page>
  );
}

function Row({ goal }: { goal: Goal }) {
  const { t } = useTranslation("goals");
  const format = useFormat();
  const address = useAddress();
  const { period } = usePeriod();
  const found = useExplainedGoal(useProject().id, goal.name, writePeriod(period));
  const metric = useMetricWords();
  const words = useGoalWords();
  const row = found.data?.row;
  const change =
    row &&
    metric.change({
      value: row.value ?? null,
      previous: row.previous ?? null,
      format: row.format,
    } as Parameters<typeof metric.change>[0]);
  return (
    <tr>
      <td>
        <Link to={address(`/goals/${goal.name}`)} className={styles.open}>
          {format.say(goal.definition.title)}
        </Link>
        {goal.definition.owner && <small className={styles.owner}>{goal.definition.owner}</small>}
      </td>
      <td data-right>
        {found.error ? (
          <span className={styles.quiet} title={found.error.message}>
            {t("failed")}
          </span>
        ) : row ? (
          <>
            <b>{words.figure(row.value ?? null, row.format)}</b>
            {change && (
              <span data-narrow>
                <Change value={change.by} text={change.text} good={row.good} />
              </span>
            )}
          </>
        ) : (
          <Bone w={64} />
        )}
      </td>
      <td data-right data-wide>
        {change ? (
          <Change value={change.by} text={change.text} good={row.good} />
        ) : found.isPending ? (
          <Bone w={48} />
        ) : (
          "–"
        )}
      </td>
      <td data-wide className={styles.narrowBar}>
        {row?.progress ? (
          <TargetBar progress={row.progress} format={row.format} />
        ) : found.isPending ? (
          <Bone w="60%" />
        ) : (
          "–"
        )}
      </td>
      <td data-wide className={styles.quiet}>
        {row ? words.sentence(row) : ""}
      </td>
    </tr>
  );
}
