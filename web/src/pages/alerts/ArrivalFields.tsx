import { useTranslation } from "react-i18next";
import { useSources, useVolumes } from "@/api";
import type { ArrivalAlert } from "@/api";
import { useNames, useProject } from "@/shell";
import { Field, Segmented, Select } from "@/ui";
import styles from "./alerts.module.css";

type Rule = ArrivalAlert["rule"];
const KINDS = ["silence", "volume"] as const;
const MISSING = [6, 12, 30, 100];
const WIDTHS = { sensitive: 3.5, normal: 5, calm: 8 } as const;
const DIRECTIONS = ["both", "down", "up"] as const;
const ANY = "";

/** What each kind of rule begins with. */
export function startArrivalRule(kind: Rule["kind"]): Rule {
  return kind === "silence"
    ? { kind, missing: 12 }
    : { kind, width: WIDTHS.normal, direction: "both", wait_minutes: 15 };
}

/** Which events are watched, and when too few or too many of them are worth telling. */
export function ArrivalFields({
  definition,
  change,
}: {
  definition: ArrivalAlert;
  change: (more: Partial<ArrivalAlert>) => void;
}) {
  const { t } = useTranslation("alerts");
  const project = useProject().id;
  const names = useNames();
  const volumes = useVolumes(project).data ?? [];
  const sources = useSources(project).data ?? [];
  const { arrivals, rule } = definition;
  const seen = [
    ...new Set([...volumes.map(({ event }) => event), ...(arrivals.event ? [arrivals.event] : [])]),
  ];
  const widths: number[] = Object.values(WIDTHS);
  return (
    <>
      <div className={styles.pair}>
        <Field label={t("event")} htmlFor="alert-event">
          <Select
            id="alert-event"
            value={arrivals.event ?? ANY}
            showSearch={{ optionFilterProp: "label" }}
            onChange={(event: string) => change({ arrivals: { ...arrivals, event: event || null } })}
            options={[
              { value: ANY, label: t("anyEvent") },
              ...seen.map((event) => ({
                value: event,
                label: names.event(event) === event ? event : `${names.event(event)} · ${event}`,
              })),
            ]}
          />
        </Field>
        <Field label={t("source")} htmlFor="alert-source">
          <Select
            id="alert-source"
            value={arrivals.source ?? ANY}
            showSearch={{ optionFilterProp: "label" }}
            onChange={(source: string) => change({ arrivals: { ...arrivals, source: source || null } })}
            options={[
              { value: ANY, label: t("anySource") },
              ...sources.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        </Field>
      </div>
      <Field label={t("arrivalKind")}>
        <Segmented
          value={rule.kind}
          onChange={(kind: Rule["kind"]) => change({ rule: startArrivalRule(kind) })}
          options={KINDS.map((value) => ({ value, label: t(`arrivalRules.${value}`) }))}
        />
      </Field>
      {rule.kind === "silence" ? (
        <Field label={t("missing")} htmlFor="alert-missing" extra={t("missingNote")}>
          <Select
            id="alert-missing"
            value={rule.missing}
            onChange={(missing: number) => change({ rule: { ...rule, missing } })}
            options={[...new Set([...MISSING, rule.missing])]
              .sort((a, b) => a - b)
              .map((count) => ({ value: count, label: t("missingCount", { count }) }))}
          />
        </Field>
      ) : (
        <div className={styles.pair}>
          <Field label={t("width")} htmlFor="alert-width" extra={t("volumeNote")}>
            <Select
              id="alert-width"
              value={rule.width}
              onChange={(width: number) => change({ rule: { ...rule, width } })}
              options={[
                ...Object.entries(WIDTHS).map(([key, value]) => ({
                  value: value as number,
                  label: t(`volumeWidths.${key as keyof typeof WIDTHS}`),
                })),
                ...(widths.includes(rule.width)
                  ? []
                  : [{ value: rule.width, label: t("widths.own", { width: rule.width }) }]),
              ]}
            />
          </Field>
          <Field label={t("direction")} htmlFor="alert-direction">
            <Select
              id="alert-direction"
              value={rule.direction}
              onChange={(direction: typeof rule.direction) => change({ rule: { ...rule, direction } })}
              options={DIRECTIONS.map((value) => ({ value, label: t(`volumeWays.${value}`) }))}
            />
          </Field>
        </div>
      )}
    </>
  );
}
