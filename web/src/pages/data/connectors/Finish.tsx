import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useConnectorChanges, useDestinations } from "@/api";
import type { Connector, ImportKind } from "@/api";
import { Failed, useProject } from "@/shell";
import { Button, Field, Form, Input, NumberInput, Section, Segmented, Select, useNotify } from "@/ui";
import styles from "../data.module.css";
import { whereOf } from "./settings";
import type { Place } from "./settings";

type When = "every" | "cron" | "hand";

/** The last step: what it is called, when it is read, who hears of failures. */
export function Finish({
  kind,
  title,
  place,
  rows,
  mapping,
  connector,
  back,
  close,
}: {
  kind: string;
  title: string;
  place: Place;
  rows: ImportKind;
  mapping: object;
  connector: Connector | null;
  back: () => void;
  close: () => void;
}) {
  const { t } = useTranslation(["data", "common"]);
  const { message } = useNotify();
  const project = useProject().id;
  const { save } = useConnectorChanges(project);
  const places = useDestinations(project).data?.destinations ?? [];
  const before = connector?.schedule;
  const [name, setName] = useState(connector?.name ?? "");
  const [when, setWhen] = useState<When>(
    before?.cron ? "cron" : before && !before.every_minutes ? "hand" : "every",
  );
  const [minutes, setMinutes] = useState(before?.every_minutes ?? 60);
  const [cron, setCron] = useState(before?.cron ?? "30 3 * * *");
  const [tell, setTell] = useState(connector?.tell ?? []);
  const named = /^[a-z][a-z0-9_-]{0,63}$/.test(name);
  const summary = [title, ...whereOf(place), t(`import.kinds.${rows}`)].join(" · ");
  const finish = () =>
    save.mutate(
      {
        name,
        kind,
        place,
        rows,
        mapping,
        schedule: {
          every_minutes: when === "every" ? minutes : null,
          cron: when === "cron" ? cron : null,
        },
        tell,
      },
      {
        onSuccess: () => {
          void message.success(t("connectors.saved", { name }));
          close();
        },
      },
    );
  return (
    <Section title={t("connectors.finish")}>
      <p className={styles.about}>{summary}</p>
      <Form layout="vertical" requiredMark={false} style={{ maxWidth: 560 }}>
        {!connector && (
          <Field label={t("connectors.name")} htmlFor="connector-name" extra={t("connectors.nameNote")}>
            <Input
              id="connector-name"
              value={name}
              maxLength={64}
              status={name && !named ? "error" : ""}
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
        )}
        <Field label={t("connectors.when")}>
          <Segmented<When>
            value={when}
            onChange={setWhen}
            options={(["every", "cron", "hand"] as const).map((value) => ({
              value,
              label: t(`connectors.${value}`),
            }))}
          />
        </Field>
        {when === "every" && (
          <Field label={t("connectors.minutes")} htmlFor="connector-minutes">
            <NumberInput
              id="connector-minutes"
              min={1}
              max={44_640}
              value={minutes}
              onChange={(next) => setMinutes(next ?? 60)}
            />
          </Field>
        )}
        {when === "cron" && (
          <Field label={t("connectors.cron")} htmlFor="connector-cron" extra={t("connectors.cronNote")}>
            <Input id="connector-cron" value={cron} onChange={(event) => setCron(event.target.value)} />
          </Field>
        )}
        <Field label={t("connectors.tell")} htmlFor="connector-tell" extra={t("connectors.tellNote")}>
          <Select
            id="connector-tell"
            mode="multiple"
            value={tell}
            onChange={(next: string[]) => setTell(next)}
            placeholder={t("connectors.nobody")}
            options={places.map((one) => ({ value: one.name, label: one.name }))}
          />
        </Field>
      </Form>
      <div className={styles.toolbar}>
        <Button onClick={back}>{t("connectors.back")}</Button>
        <Button type="primary" onClick={finish} loading={save.isPending} disabled={!named}>
          {t(when === "hand" ? "connectors.saveHand" : "connectors.save")}
        </Button>
      </div>
      {save.error && <Failed error={save.error} />}
    </Section>
  );
}
