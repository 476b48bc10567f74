import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useGoalChanges, useMetrics, useSegments } from "@/api";
import type { GoalVersions, Metric } from "@/api";
import { Failed, useAddress, useFormat, useProject } from "@/shell";
import { Button, Drawer, Field, Form, Input, useNotify } from "@/ui";
import { emptyNode, isWritten, readNode, writeGoal } from "./draft";
import type { UnitOf } from "./draft";
import { NodeFields } from "./NodeFields";
import styles from "./goals.module.css";

interface Props {
  /** The one that is changed; a new one otherwise. */
  goal?: GoalVersions;
  close: () => void;
}

/** Writes a goal: its metric and target, and what makes it up. Amounts can be read once metrics are known. */
export function GoalForm({ goal, close }: Props) {
  const metrics = useMetrics(useProject().id);
  return metrics.data ? <Written goal={goal} close={close} known={metrics.data} /> : null;
}

function Written({
  goal,
  close,
  known,
}: Omit<Props, "goal"> & { goal: GoalVersions | undefined; known: Metric[] }) {
  const { t } = useTranslation(["goals", "common"]);
  const project = useProject().id;
  const { language, say } = useFormat();
  const { message } = useNotify();
  const address = useAddress();
  const go = useNavigate();
  const segments = useSegments(project);
  const { save } = useGoalChanges(project);
  const unitOf: UnitOf = (metric) =>
    known.find((one) => one.name === metric)?.definition.format === "money" ? 100 : 1;
  const [name, setName] = useState(goal?.name ?? "");
  const [why, setWhy] = useState("");
  const [draft, setDraft] = useState(() => (goal ? readNode(goal.definition, unitOf) : emptyNode()));
  const named = /^[a-z][a-z0-9_]{0,63}$/.test(name);
  const ready = named && isWritten(draft);
  const finish = () => {
    if (!ready || save.isPending) return;
    const definition = writeGoal(draft, unitOf, goal?.definition);
    save.mutate(
      { name, definition, why },
      {
        onSuccess: () => {
          void message.success(t("saved", { name: say(definition.title) }));
          close();
          if (!goal) void go(address(`/goals/${name}`));
        },
      },
    );
  };
  return (
    <Drawer
      open
      onClose={close}
      size={640}
      title={t(goal ? "edit" : "new")}
      footer={
        <div className={styles.foot}>
          {save.error && <Failed error={save.error} />}
          <Button onClick={close}>{t("common:cancel")}</Button>
          <Button type="primary" disabled={!ready} loading={save.isPending} onClick={finish}>
            {t("common:save")}
          </Button>
        </div>
      }
    >
      <Form layout="vertical" requiredMark={false}>
        {!goal && (
          <Field label={t("technical")} htmlFor="goal-name" extra={t("technicalNote")}>
            <Input
              id="goal-name"
              value={name}
              maxLength={64}
              status={name && !named ? "error" : ""}
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
        )}
        <NodeFields
          id="goal"
          node={draft}
          change={setDraft}
          language={language}
          metrics={known.map((one) => ({
            value: one.name,
            label: `${say(one.definition.title)} (${one.name})`,
            money: one.definition.format === "money",
          }))}
          segments={(segments.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
        />
        <Field label={t("reason")} htmlFor="goal-why">
          <Input
            id="goal-why"
            value={why}
            maxLength={500}
            placeholder={t("reasonNote")}
            onChange={(event) => setWhy(event.target.value)}
          />
        </Field>
      </Form>
    </Drawer>
  );
}
