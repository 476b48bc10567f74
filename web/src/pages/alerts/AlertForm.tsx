import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAlertChanges, useDestinations, useMetrics, useMetricValue } from "@/api";
import type { Alert, AlertDefinition } from "@/api";
import { Failed, useFormat, useProject } from "@/shell";
import { Button, Field, Form, Icon, Input, Modal, Segmented, Select, useNotify } from "@/ui";
import styles from "./alerts.module.css";
import { DestinationForm } from "./DestinationForm";
import { Manner } from "./Manner";
import { Rehearsal } from "./Rehearsal";
import { RuleFields, startRule } from "./RuleFields";

const BYS = ["day", "week", "month"] as const;

function start(metric: string): AlertDefinition {
  return {
    metric,
    title: null,
    by: "day",
    rule: startRule("anomaly"),
    direction: "bad",
    running: false,
    wait_minutes: 15,
    remind_after: null,
    cool_down: 0,
    recovery: true,
    to: [],
  };
}

/** Complete enough to be tried: a threshold needs a limit, a change an amount. */
export function isWhole({ metric, rule }: AlertDefinition): boolean {
  if (!metric) return false;
  if (rule.kind === "threshold") return (rule.above ?? null) !== null || (rule.below ?? null) !== null;
  return rule.kind !== "change" || rule.by > 0;
}

/** Says when to tell whom, and shows what that would have told. */
export function AlertForm({ alert, metric, close }: { alert?: Alert; metric?: string; close: () => void }) {
  const { t } = useTranslation("alerts");
  const { message } = useNotify();
  const format = useFormat();
  const project = useProject().id;
  const metrics = useMetrics(project).data ?? [];
  const places = useDestinations(project).data?.destinations ?? [];
  const { save } = useAlertChanges(project);
  const [held, setHeld] = useState(() => alert?.definition ?? start(metric ?? ""));
  const [typed, setTyped] = useState<string | null>(alert?.name ?? null);
  const [adding, setAdding] = useState(false);
  const chosen = held.metric || metrics[0]?.name || "";
  const definition = { ...held, metric: chosen };
  const name = typed ?? (chosen ? `${chosen.slice(0, 50)}_alert` : "");
  const value = useMetricValue(project, chosen, "2day");
  const unit = value.data?.format ?? "number";
  const named = /^[a-z][a-z0-9_]{0,63}$/.test(name);
  const ready = named && isWhole(definition);
  const change = (more: Partial<AlertDefinition>) => setHeld({ ...definition, ...more });
  const finish = () => {
    if (!ready || save.isPending) return;
    save.mutate(
      { name, definition },
      {
        onSuccess: () => {
          void message.success(t("saved", { name }));
          close();
        },
      },
    );
  };
  return (
    <Modal
      open
      title={alert ? alert.name : t("new")}
      onCancel={close}
      onOk={finish}
      okText={t("save")}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={save.isPending}
      width={600}
    >
      <Form layout="vertical" requiredMark={false}>
        <div className={styles.pair}>
          <Field label={t("metric")} htmlFor="alert-metric">
            <Select
              id="alert-metric"
              value={chosen}
              showSearch={{ optionFilterProp: "label" }}
              onChange={(next: string) => change({ metric: next })}
              options={metrics.map((one) => ({ value: one.name, label: format.say(one.definition.title) }))}
            />
          </Field>
          <Field label={t("by")}>
            <Segmented
              value={definition.by}
              onChange={(by: (typeof BYS)[number]) =>
                change({
                  by,
                  rule:
                    definition.rule.kind === "change" && by !== "day"
                      ? { ...definition.rule, against: "previous" }
                      : definition.rule,
                })
              }
              options={BYS.map((each) => ({ value: each, label: t(`byOne.${each}`) }))}
            />
          </Field>
        </div>
        <RuleFields definition={definition} unit={unit} change={change} />
        <Rehearsal definition={isWhole(definition) ? definition : null} title={chosen} />
        <Field
          label={t("to")}
          htmlFor="alert-to"
          extra={
            <span className={styles.buttons}>
              {t("toNote")}
              <Button
                type="link"
                size="small"
                icon={<Icon name="plus" size={14} />}
                onClick={() => setAdding(true)}
              >
                {t("addDestination")}
              </Button>
            </span>
          }
        >
          <Select
            id="alert-to"
            mode="multiple"
            value={definition.to}
            onChange={(to: string[]) => change({ to })}
            options={places.map((one) => ({ value: one.name, label: one.name }))}
          />
        </Field>
        <Manner definition={definition} change={change} />
        {!alert && (
          <Field label={t("technical")} htmlFor="alert-name" extra={t("technicalNote")}>
            <Input
              id="alert-name"
              value={name}
              maxLength={64}
              status={name && !named ? "error" : ""}
              onChange={(event) => setTyped(event.target.value)}
            />
          </Field>
        )}
      </Form>
      {save.error && <Failed error={save.error} />}
      {adding && (
        <DestinationForm
          close={() => setAdding(false)}
          done={(made) => change({ to: [...definition.to, made] })}
        />
      )}
    </Modal>
  );
}
