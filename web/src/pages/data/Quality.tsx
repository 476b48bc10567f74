import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useQualityChanges, useSources, useViolations, useVolumes } from "@/api";
import type { PlanMode, Source, Violation, Volume } from "@/api";
import { Failed, useAddress, useFormat, useMayEdit, useNames, useProject } from "@/shell";
import {
  BoneRows,
  Button,
  Empty,
  Input,
  List,
  Modal,
  Page,
  Section,
  Segmented,
  Sparkline,
  Switch,
  useNotify,
} from "@/ui";
import { ARRIVALS } from "@/pages/alerts/words";
import styles from "./data.module.css";

const MODES: PlanMode[] = ["observe", "warn", "block"];

/** What is wrong with what arrives: silent events, violations of the plan, volumes. */
export function Quality() {
  const { t } = useTranslation("data");
  const project = useProject().id;
  const sources = useSources(project);
  return (
    <Page title={t("quality.title")} lead={t("quality.lead")}>
      <Volumes />
      <Inbox />
      <Section title={t("quality.modes")}>
        <p className={styles.muted}>{t("quality.modesText")}</p>
        {sources.error ? (
          <Failed error={sources.error} retry={() => void sources.refetch()} />
        ) : !sources.data ? (
          <BoneRows rows={2} />
        ) : (
          <List
            label={t("quality.modes")}
            head={
              <>
                <th>{t("sources.name")}</th>
                <th>{t("quality.mode")}</th>
                <th data-right>{t("sources.last24")}</th>
              </>
            }
          >
            {sources.data.map((source) => (
              <ModeRow key={source.id} source={source} />
            ))}
          </List>
        )}
      </Section>
    </Page>
  );
}

function ModeRow({ source }: { source: Source }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const mayEdit = useMayEdit();
  const { message } = useNotify();
  const { mode } = useQualityChanges(useProject().id);
  return (
    <tr>
      <td>{source.name}</td>
      <td>
        <Segmented<PlanMode>
          size="small"
          disabled={!mayEdit}
          value={source.plan_mode}
          onChange={(next) =>
            mode.mutate(
              { id: source.id, mode: next },
              { onError: (error) => void message.error(error.message) },
            )
          }
          options={MODES.map((value) => ({ value, label: t(`quality.modeNames.${value}`) }))}
        />
      </td>
      <td data-right>{format.exact(source.events_24h)}</td>
    </tr>
  );
}

function Inbox() {
  const { t } = useTranslation("data");
  const project = useProject().id;
  const found = useViolations(project, 14);
  const [all, setAll] = useState(false);
  const [muting, setMuting] = useState<Violation | null>(null);
  const listed = found.data?.filter((one) => all || !one.muted) ?? [];
  const muted = found.data?.filter((one) => one.muted).length ?? 0;
  return (
    <Section
      title={t("quality.violations")}
      extra={
        muted > 0 && (
          <label className={styles.key}>
            <Switch size="small" checked={all} onChange={setAll} /> {t("quality.showMuted", { count: muted })}
          </label>
        )
      }
    >
      {found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : !found.data ? (
        <BoneRows rows={4} />
      ) : listed.length === 0 ? (
        <Empty title={t("quality.clean")}>{t("quality.cleanText")}</Empty>
      ) : (
        <List
          label={t("quality.violations")}
          head={
            <>
              <th>{t("quality.what")}</th>
              <th data-wide>{t("sources.title")}</th>
              <th data-wide>{t("quality.samples")}</th>
              <th data-wide>{t("dictionary.volume")}</th>
              <th data-right>{t("quality.count")}</th>
              <th aria-hidden="true" />
            </>
          }
        >
          {listed.map((one) => (
            <ViolationRow
              key={`${one.source} ${one.event} ${one.property} ${one.code}`}
              one={one}
              mute={() => setMuting(one)}
            />
          ))}
        </List>
      )}
      {muting && <Mute one={muting} close={() => setMuting(null)} />}
    </Section>
  );
}

function ViolationRow({ one, mute }: { one: Violation; mute: () => void }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const names = useNames();
  const mayEdit = useMayEdit();
  const { unmute } = useQualityChanges(useProject().id);
  const { source, event, property, code } = one;
  return (
    <tr>
      <td>
        {one.message}
        <small className={styles.under}>
          {[
            `${names.event(event)} ${property}`.trim(),
            one.blocked > 0 && t("quality.blocked", { count: one.blocked, shown: format.exact(one.blocked) }),
            one.muted && t("quality.mutedBy", { ...one.muted }),
          ]
            .filter(Boolean)
            .join(" · ")}
        </small>
        <small data-narrow className={styles.under}>
          {names.source(source)}
        </small>
      </td>
      <td data-wide data-tight>
        {names.source(source)}
      </td>
      <td data-wide>
        <div className={styles.sample}>
          {one.samples
            .map((sample) => (typeof sample === "string" ? sample : JSON.stringify(sample)))
            .join(" · ")}
        </div>
      </td>
      <td data-wide>
        <Sparkline values={one.daily} width={96} height={20} label={t("quality.count")} color="var(--loss)" />
      </td>
      <td data-right>{format.exact(one.count)}</td>
      <td data-right>
        {mayEdit &&
          (one.muted ? (
            <Button size="small" onClick={() => unmute.mutate({ source, event, property, code })}>
              {t("quality.unmute")}
            </Button>
          ) : (
            <Button size="small" onClick={mute}>
              {t("quality.mute")}
            </Button>
          ))}
      </td>
    </tr>
  );
}

function Mute({ one, close }: { one: Violation; close: () => void }) {
  const { t } = useTranslation("data");
  const [reason, setReason] = useState("");
  const { mute } = useQualityChanges(useProject().id);
  const { source, event, property, code } = one;
  return (
    <Modal
      open
      width={460}
      title={t("quality.mute")}
      onCancel={close}
      okText={t("quality.mute")}
      okButtonProps={{ disabled: !reason.trim() }}
      confirmLoading={mute.isPending}
      onOk={() => mute.mutate({ source, event, property, code, reason }, { onSuccess: close })}
    >
      <p>{one.message}</p>
      <p className={styles.muted}>{t("quality.muteText")}</p>
      <Input
        value={reason}
        onChange={(change) => setReason(change.target.value)}
        placeholder={t("quality.reason")}
        aria-label={t("quality.reason")}
        maxLength={500}
      />
      {mute.error && <Failed error={mute.error} />}
    </Modal>
  );
}

function Volumes() {
  const { t } = useTranslation("data");
  const volumes = useVolumes(useProject().id);
  const mayEdit = useMayEdit();
  const address = useAddress();
  const [every, setEvery] = useState(false);
  const rows = volumes.data ?? [];
  const silent = rows.filter((one) => one.silent);
  const shown = every ? rows : rows.slice(0, Math.max(8, silent.length));
  return (
    <Section
      title={t("quality.volumes")}
      extra={
        mayEdit && (
          <Link to={address(`/alerts?new=${encodeURIComponent(ARRIVALS)}`)}>{t("quality.alert")}</Link>
        )
      }
    >
      {volumes.error ? (
        <Failed error={volumes.error} retry={() => void volumes.refetch()} />
      ) : !volumes.data ? (
        <BoneRows rows={5} />
      ) : rows.length === 0 ? (
        <Empty title={t("quality.noVolumes")} />
      ) : (
        <>
          <p>
            {silent.length > 0 ? (
              <b className={styles.needs}>{t("quality.silentCount", { count: silent.length })}</b>
            ) : (
              <span className={styles.muted}>{t("quality.noneSilent")}</span>
            )}
          </p>
          <List
            label={t("quality.volumes")}
            head={
              <>
                <th>{t("plan.event")}</th>
                <th data-wide>{t("sources.title")}</th>
                <th data-wide>{t("quality.hours")}</th>
                <th data-right>{t("sources.last24")}</th>
                <th data-right data-wide>
                  {t("quality.usual")}
                </th>
                <th>{t("quality.fresh")}</th>
              </>
            }
          >
            {shown.map((one) => (
              <VolumeRow key={`${one.event} ${one.source}`} one={one} />
            ))}
          </List>
          {rows.length > shown.length && (
            <Button type="link" onClick={() => setEvery(true)}>
              {t("quality.every", { count: rows.length })}
            </Button>
          )}
        </>
      )}
    </Section>
  );
}

function VolumeRow({ one }: { one: Volume }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const names = useNames();
  const usual = one.hours.flatMap((hour) => (hour.expected === null ? [] : [hour.expected]));
  return (
    <tr>
      <td>
        {names.event(one.event)}
        {one.source && (
          <small data-narrow className={styles.under}>
            {names.source(one.source)}
          </small>
        )}
        {one.silent && (
          <small className={styles.under}>
            <b className={styles.needs}>
              {t("quality.silent", {
                hours: format.exact(one.silent.hours, 1),
                hourly: format.exact(one.silent.hourly, 0),
              })}
            </b>
          </small>
        )}
      </td>
      <td data-wide data-tight>
        {one.source ? names.source(one.source) : "–"}
      </td>
      <td data-wide>
        <Sparkline
          values={one.hours.map((hour) => hour.count)}
          width={120}
          height={20}
          label={t("quality.hours")}
          color={one.silent ? "var(--loss)" : "var(--accent)"}
        />
      </td>
      <td data-right>{format.exact(one.hours.reduce((sum, hour) => sum + hour.count, 0))}</td>
      <td data-right data-wide>
        {usual.length > 0
          ? format.exact(
              usual.reduce((sum, value) => sum + value, 0),
              0,
            )
          : "–"}
      </td>
      <td data-tight>{format.ago(one.last_seen)}</td>
    </tr>
  );
}
