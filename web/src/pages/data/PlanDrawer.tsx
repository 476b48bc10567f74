import { useTranslation } from "react-i18next";
import { usePlan, usePlanHistory, useViolations } from "@/api";
import type { CoveredEvent, PlanEvent } from "@/api";
import { Failed, useFormat, useMayEdit, useNames, useProject } from "@/shell";
import { BoneRows, Drawer, List, Mark, Section } from "@/ui";
import { PlanForm } from "./PlanForm";
import { STATUS_TONES } from "./Plan";
import styles from "./data.module.css";

/** One event: what it must carry, from where it comes, what is wrong with it, and how the plan changed. */
export function PlanDrawer({ event, close }: { event: CoveredEvent | undefined; close: () => void }) {
  const names = useNames();
  const { t } = useTranslation("data");
  const format = useFormat();
  return (
    <Drawer
      open={event !== undefined}
      onClose={close}
      size={620}
      title={event && (event.title ? format.say(event.title) : names.event(event.name))}
      extra={
        event &&
        (event.status ? (
          <Mark tone={STATUS_TONES[event.status]}>
            {t(`plan.statuses.${event.status}` as "plan.statuses.live")}
          </Mark>
        ) : (
          <Mark tone="warn">{t("plan.unplanned")}</Mark>
        ))
      }
      destroyOnHidden
    >
      {event && <Inside event={event} />}
    </Drawer>
  );
}

function Inside({ event }: { event: CoveredEvent }) {
  const { t } = useTranslation("data");
  const project = useProject().id;
  const format = useFormat();
  const names = useNames();
  const mayEdit = useMayEdit();
  const plan = usePlan(project);
  const violations = useViolations(project, 14);
  const part = plan.data?.events.find((one) => one.name === event.name);
  const wrong = violations.data?.filter((one) => one.event === event.name) ?? [];
  const sources = Object.entries(event.sources).sort((a, b) => b[1] - a[1]);
  return (
    <>
      <code className={styles.muted}>{event.name}</code>
      {part?.definition.description && <p>{format.say(part.definition.description)}</p>}
      {sources.length > 0 && (
        <p className={styles.muted}>
          {sources.map(([source, count]) => `${names.source(source)} ${format.exact(count)}`).join(" · ")}
        </p>
      )}
      {part && <Carries part={part} />}
      {wrong.length > 0 && (
        <Section title={t("plan.violations")}>
          {wrong.map((one) => (
            <div key={`${one.source} ${one.property} ${one.code}`} className={styles.problem}>
              {one.message} <b>{format.exact(one.count)}</b>
              <small>
                {[names.source(one.source), one.muted && t("quality.mutedBy", { ...one.muted })]
                  .filter(Boolean)
                  .join(" · ")}
              </small>
            </div>
          ))}
        </Section>
      )}
      {mayEdit && plan.data && <PlanForm name={event.name} part={part} key={part?.version ?? 0} />}
      {part && <History name={event.name} />}
    </>
  );
}

function Carries({ part }: { part: PlanEvent }) {
  const { t } = useTranslation("data");
  const names = useNames();
  const plan = usePlan(useProject().id);
  const { required = [], optional = [], item_required = [], item_optional = [], who = [] } = part.definition;
  const rows = [
    ...required.map((name) => ({ name, kind: "property", must: true })),
    ...optional.map((name) => ({ name, kind: "property", must: false })),
    ...item_required.map((name) => ({ name, kind: "item", must: true })),
    ...item_optional.map((name) => ({ name, kind: "item", must: false })),
  ];
  const common =
    plan.data?.properties.filter((one) => one.kind === "property" && one.definition.everywhere).length ?? 0;
  return (
    <Section title={t("dictionary.properties")}>
      {rows.length > 0 && (
        <List
          label={t("dictionary.properties")}
          head={
            <>
              <th>{t("dictionary.property")}</th>
              <th>{t("dictionary.type")}</th>
              <th>{t("plan.values")}</th>
              <th>{t("plan.must")}</th>
            </>
          }
        >
          {rows.map(({ name, kind, must }) => {
            const held = plan.data?.properties.find(
              (one) => one.kind === kind && one.name === name,
            )?.definition;
            return (
              <tr key={`${kind} ${name}`}>
                <td>
                  {names.property(name) !== name && <>{names.property(name)} </>}
                  <code className={styles.muted}>{kind === "item" ? `items.${name}` : name}</code>
                </td>
                <td data-tight>{held && t(`plan.types.${held.type}`)}</td>
                <td>
                  <div className={styles.sample}>
                    {held &&
                      [
                        held.one_of?.join(" · "),
                        held.pattern,
                        (held.minimum ?? held.maximum ?? null) !== null &&
                          `${held.minimum ?? ""} … ${held.maximum ?? ""}`,
                        held.sensitive && t("plan.sensitive"),
                      ]
                        .filter(Boolean)
                        .join(" · ")}
                  </div>
                </td>
                <td data-tight>{must ? t("plan.required") : t("plan.optional")}</td>
              </tr>
            );
          })}
        </List>
      )}
      <p className={styles.muted}>
        {[
          common > 0 && t("plan.common", { count: common }),
          who.length > 0 && t("plan.who", { who: who.join(", ") }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
    </Section>
  );
}

function History({ name }: { name: string }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const history = usePlanHistory(useProject().id, "event", name, true);
  return (
    <Section title={t("plan.history")}>
      {history.error ? (
        <Failed error={history.error} retry={() => void history.refetch()} />
      ) : !history.data ? (
        <BoneRows rows={2} />
      ) : (
        history.data.versions.map((one) => (
          <div key={one.version} className={styles.problem}>
            {one.definition ? one.why || t("plan.noReason") : t("plan.removed")}
            <small>{`${one.version} · ${format.stamp(one.time)} · ${one.by}`}</small>
          </div>
        ))
      )}
    </Section>
  );
}
