import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useAlerts, useRehearsal } from "@/api";
import type { Alert } from "@/api";
import { Failed, useMayEdit, useProject } from "@/shell";
import { BoneRows, Button, Empty, Icon, List, Mark, Page } from "@/ui";
import { AlertDrawer } from "./AlertDrawer";
import { AlertForm } from "./AlertForm";
import { AlertMenu } from "./AlertMenu";
import styles from "./alerts.module.css";
import { BandLine } from "./BandLine";
import { Destinations } from "./Destinations";
import { isArrival, useAlertWords } from "./words";

const SHOWN = 30;
const HOURS = 48;

/** The project's alerts, how they stand, and where their messages go. */
export function Alerts() {
  const { t } = useTranslation("alerts");
  const project = useProject().id;
  const alerts = useAlerts(project);
  const mayEdit = useMayEdit();
  const [search, setSearch] = useSearchParams();
  const [adding, setAdding] = useState(false);
  const all = alerts.data ?? [];
  const wanted = mayEdit ? search.get("new") : null;
  const set = (name: "open" | "new", value: string | null) =>
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    });
  const add = mayEdit && (
    <Button type="primary" icon={<Icon name="plus" size={14} />} onClick={() => setAdding(true)}>
      {t("new")}
    </Button>
  );
  return (
    <Page title={t("title")} lead={t("lead")} actions={all.length > 0 && add}>
      {alerts.error ? (
        <Failed error={alerts.error} retry={() => void alerts.refetch()} />
      ) : !alerts.data ? (
        <BoneRows rows={4} />
      ) : all.length === 0 ? (
        <Empty title={t("empty")} action={add}>
          {t("emptyText")}
        </Empty>
      ) : (
        <List
          label={t("title")}
          head={
            <>
              <th>{t("name")}</th>
              <th>{t("state")}</th>
              <th data-wide>{t("line")}</th>
              <th data-wide>{t("rule")}</th>
              <th data-wide>{t("to")}</th>
              <th aria-hidden="true" />
            </>
          }
        >
          {all.map((alert) => (
            <Row key={alert.name} alert={alert} show={() => set("open", alert.name)} />
          ))}
        </List>
      )}
      {alerts.data && <Destinations />}
      {(adding || wanted) && (
        <AlertForm
          begin={wanted ?? undefined}
          close={() => {
            setAdding(false);
            if (wanted) set("new", null);
          }}
        />
      )}
      <AlertDrawer name={search.get("open")} close={() => set("open", null)} />
    </Page>
  );
}

function Row({ alert, show }: { alert: Alert; show: () => void }) {
  const { t } = useTranslation("alerts");
  const words = useAlertWords();
  const judged = [...alert.checks].reverse();
  const arrival = isArrival(alert.definition);
  const few = arrival || judged.length < 8;
  const past = useRehearsal(useProject().id, few ? alert.definition : null, arrival ? HOURS : SHOWN);
  const points = few ? (past.data?.points ?? []) : judged;
  const format = alert.checks[0]?.format ?? past.data?.format ?? "number";
  const title = words.title(alert);
  const state = words.state(alert);
  return (
    <tr>
      <td>
        <button type="button" className={styles.open} onClick={show} title={t("open")}>
          {title}
        </button>
        <small className={styles.small}>
          <code>{alert.name}</code>
        </small>
      </td>
      <td>
        <Mark tone={state.tone} title={state.why}>
          {state.text}
        </Mark>
        {arrival && state.why && <small className={styles.small}>{state.why}</small>}
      </td>
      <td data-wide>
        <BandLine points={points} label={t("chart", { name: title })} />
      </td>
      <td data-wide>
        {words.rule(alert, format)}
        <small className={styles.small}>{words.each(alert.definition)}</small>
      </td>
      <td data-wide className={alert.definition.to.length ? undefined : styles.quiet}>
        {alert.definition.to.join(" · ") || t("nobody")}
      </td>
      <td data-right>
        <AlertMenu alert={alert} show={show} />
      </td>
    </tr>
  );
}
