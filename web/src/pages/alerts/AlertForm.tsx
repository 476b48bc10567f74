import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAlertChanges, useDestinations, useMetrics } from "@/api";
import type { Alert, AlertDefinition, AnyAlert, ArrivalAlert } from "@/api";
import { Failed, useProject } from "@/shell";
import { Button, Field, Form, Icon, Input, Modal, Segmented, Select, useNotify } from "@/ui";
import styles from "./alerts.module.css";
import { DestinationForm } from "./DestinationForm";
import { Manner } from "./Manner";
import { Rehearsal } from "./Rehearsal";
import { ArrivalFields, startArrivalRule } from "./ArrivalFields";
import { MetricFields } from "./MetricFields";
import { startRule } from "./RuleFields";
import { ARRIVALS, isArrival, useAlertWords } from "./words";

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

function startArrivals(): ArrivalAlert {
  return {
    arrivals: { event: null, source: null },
    title: null,
    rule: startArrivalRule("silence"),
    remind_after: null,
    cool_down: 0,
    recovery: true,
    to: [],
  };
}

/** Complete enough to be tried: a threshold needs a limit, a change an amount. */
export function isWhole(definition: AnyAlert): boolean {
  if (isArrival(definition)) return true;
  const { metric, rule } = definition;
  if (!metric) return false;
  if (rule.kind === "threshold") return (rule.above ?? null) !== null || (rule.below ?? null) !== null;
  return rule.kind !== "change" || rule.by > 0;
}

/** A name made of what is watched: letters that names may not have are left out. */
function arrivalName({ arrivals, rule }: ArrivalAlert): string {
  const what = [arrivals.event, arrivals.source].filter(Boolean).join("_").toLowerCase();
  const plain = what.replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "");
  return `${(plain || "any_event").slice(0, 50)}_${rule.kind}`;
}

/** Says when to tell whom, and shows what that would have told. */
export function AlertForm({ alert, begin, close }: { alert?: Alert; begin?: string; close: () => void }) {
  const { t } = useTranslation("alerts");
  const { message } = useNotify();
  const { part } = useAlertWords();
  const project = useProject().id;
  const known = useMetrics(project).data;
  const metrics = known ?? [];
  const places = useDestinations(project).data?.destinations ?? [];
  const { save } = useAlertChanges(project);
  const [held, setHeld] = useState<AnyAlert>(
    () => alert?.definition ?? (begin === ARRIVALS ? startArrivals() : start(begin ?? "")),
  );
  const [typed, setTyped] = useState<string | null>(alert?.name ?? null);
  const [adding, setAdding] = useState(false);
  const none = known !== undefined && known.length === 0;
  const watching = !isArrival(held) && none ? startArrivals() : held;
  const chosen = isArrival(watching) ? "" : watching.metric || metrics[0]?.name || "";
  const definition: AnyAlert = isArrival(watching) ? watching : { ...watching, metric: chosen };
  const name =
    typed ?? (isArrival(definition) ? arrivalName(definition) : chosen ? `${chosen.slice(0, 50)}_alert` : "");
  const named = /^[a-z][a-z0-9_]{0,63}$/.test(name);
  const ready = named && isWhole(definition);
  const change = (more: Partial<AnyAlert>) => setHeld({ ...definition, ...more } as AnyAlert);
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
        {!alert && (
          <Field label={t("watches")}>
            <Segmented
              value={isArrival(definition) ? "arrivals" : "metric"}
              onChange={(what: "metric" | "arrivals") =>
                setHeld(what === "arrivals" ? startArrivals() : start(""))
              }
              options={[
                { value: "metric" as const, label: t("watch.metric"), disabled: none },
                { value: "arrivals" as const, label: t("watch.arrivals") },
              ]}
            />
          </Field>
        )}
        {isArrival(definition) ? (
          <ArrivalFields definition={definition} change={change} />
        ) : (
          definition.metric && <MetricFields definition={definition} change={change} />
        )}
        <Rehearsal
          definition={isWhole(definition) ? definition : null}
          title={isArrival(definition) ? part(definition.arrivals) : chosen}
        />
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
