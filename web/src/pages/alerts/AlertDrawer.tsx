import { useTranslation } from "react-i18next";
import { useAlert, useRehearsal } from "@/api";
import type { AlertCheck, AlertHistory, Delivery } from "@/api";
import { useMetricWords } from "@/pages/metrics/figure";
import { Failed, useFormat, useProject } from "@/shell";
import { Bone, BoneRows, Drawer, List, Mark } from "@/ui";
import { AlertMenu } from "./AlertMenu";
import styles from "./alerts.module.css";
import { rangeText } from "./band";
import { BandChart } from "./BandChart";
import { isArrival, paceOf, useAlertWords } from "./words";

/** One alert: its line and range, what was judged, what was sent. */
export function AlertDrawer({ name, close }: { name: string | null; close: () => void }) {
  return (
    <Drawer open={name !== null} onClose={close} size={680} title={name} destroyOnHidden>
      {name && <Opened name={name} />}
    </Drawer>
  );
}

function Opened({ name }: { name: string }) {
  const { t } = useTranslation("alerts");
  const project = useProject().id;
  const alert = useAlert(project, name);
  const past = useRehearsal(
    project,
    alert.data?.definition ?? null,
    alert.data && isArrival(alert.data.definition) ? 168 : 45,
  );
  const words = useAlertWords();
  const format = useFormat();
  if (alert.error) return <Failed error={alert.error} retry={() => void alert.refetch()} />;
  if (!alert.data) return <BoneRows rows={8} />;
  const { definition, checks, deliveries } = alert.data;
  const state = words.state(alert.data);
  const unit = past.data?.format ?? checks[0]?.format ?? "number";
  return (
    <div className={styles.stack}>
      <div className={styles.buttons} style={{ justifyContent: "space-between" }}>
        <h2>{words.title(alert.data)}</h2>
        <AlertMenu alert={alert.data} />
      </div>
      <p>
        <Mark tone={state.tone}>{state.text}</Mark>
      </p>
      <p className={styles.quiet}>
        {t("rule")}: {words.rule(alert.data, unit)} · {words.each(definition)}
        <br />
        {t("to")}: {definition.to.join(" · ") || t("nobody")}
      </p>
      {alert.data.looked_at && isArrival(definition) && (
        <p className={styles.quiet}>{t("lookedAt", { moment: format.stamp(alert.data.looked_at) })}</p>
      )}
      {state.why && <p className={styles.problem}>{state.why}</p>}
      {past.error ? (
        <Failed error={past.error} />
      ) : past.data ? (
        <BandChart
          points={past.data.points}
          format={unit}
          by={paceOf(definition)}
          name={words.title(alert.data)}
        />
      ) : (
        <Bone h={200} />
      )}
      <h3>{t("history")}</h3>
      {checks.length === 0 ? (
        <p className={styles.quiet}>{t(isArrival(definition) ? "noNews" : "noHistory")}</p>
      ) : isArrival(definition) ? (
        <Told alert={alert.data} />
      ) : (
        <Checks alert={alert.data} by={definition.by} />
      )}
      <h3>{t("deliveries")}</h3>
      {deliveries.length === 0 ? (
        <p className={styles.quiet}>{t("noDeliveries")}</p>
      ) : (
        <Deliveries deliveries={deliveries} />
      )}
    </div>
  );
}

function Told({ alert }: { alert: AlertHistory }) {
  const { t } = useTranslation("alerts");
  const format = useFormat();
  const { told } = useAlertWords();
  return (
    <List
      label={t("history")}
      head={
        <>
          <th>{t("time")}</th>
          <th>{t("verdict")}</th>
          <th>{t("what")}</th>
        </>
      }
    >
      {alert.checks.map((check) => (
        <tr key={check.start}>
          <td data-tight>{format.stamp(check.start)}</td>
          <td data-tight>
            <Mark tone={check.bad ? "loss" : "plain"}>{t(`verdicts.${check.bad ? "bad" : "fine"}`)}</Mark>
          </td>
          <td>{check.arrivals && told(check.arrivals)}</td>
        </tr>
      ))}
    </List>
  );
}

function Checks({ alert, by }: { alert: AlertHistory; by: "day" | "week" | "month" }) {
  const { t } = useTranslation("alerts");
  return (
    <List
      label={t("history")}
      head={
        <>
          <th>{t("period")}</th>
          <th data-right>{t("value")}</th>
          <th data-right data-wide>
            {t("range")}
          </th>
          <th>{t("verdict")}</th>
        </>
      }
    >
      {alert.checks.map((check) => (
        <Judged key={check.start} check={check} by={by} />
      ))}
    </List>
  );
}

function Judged({ check, by }: { check: AlertCheck; by: "day" | "week" | "month" }) {
  const { t } = useTranslation("alerts");
  const format = useFormat();
  const { figure } = useMetricWords();
  const shown = (value: number | null) => figure(value, check.format);
  const first = format.dayOf(check.start);
  const notes = [
    check.news && t(`news.${check.news}`),
    check.reason && t(`reasons.${check.reason}`),
    check.muted && t("mutedThen"),
    check.running && t("running"),
  ].filter(Boolean);
  return (
    <tr>
      <td>{by === "month" ? first.slice(0, 7) : format.day(first, by === "day")}</td>
      <td data-right>{shown(check.value)}</td>
      <td data-right data-wide>
        {rangeText(check, shown)}
      </td>
      <td>
        <Mark tone={check.bad ? "loss" : "plain"}>
          {t(`verdicts.${check.bad === null ? "unclear" : check.bad ? "bad" : "fine"}`)}
        </Mark>{" "}
        <span className={styles.quiet}>{notes.join(" · ")}</span>
      </td>
    </tr>
  );
}

function Deliveries({ deliveries }: { deliveries: Delivery[] }) {
  const { t } = useTranslation("alerts");
  const format = useFormat();
  return (
    <List
      label={t("deliveries")}
      head={
        <>
          <th>{t("time")}</th>
          <th>{t("message")}</th>
          <th data-wide>{t("destination")}</th>
          <th>{t("state")}</th>
        </>
      }
    >
      {deliveries.map((one) => (
        <tr key={one.id}>
          <td data-tight>{format.stamp(one.sent_at ?? one.created_at)}</td>
          <td>
            {one.title}
            <small className={styles.small}>{t(`kinds.${one.kind}`)}</small>
          </td>
          <td data-wide>{one.destination}</td>
          <td>
            {t(`sent.${one.state}`, { moment: format.stamp(one.next_at) })}
            {one.error && <small className={styles.small}>{one.error}</small>}
          </td>
        </tr>
      ))}
    </List>
  );
}
