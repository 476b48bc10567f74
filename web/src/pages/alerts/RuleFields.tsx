import { useTranslation } from "react-i18next";
import type { AlertDefinition } from "@/api";
import { Field, NumberInput, Segmented, Select } from "@/ui";
import styles from "./alerts.module.css";
import { scaled, unitOf, useAlertWords } from "./words";
import type { Rule, ValueFormat } from "./words";

const KINDS = ["anomaly", "change", "threshold"] as const;
const WIDTHS = { sensitive: 2.5, normal: 3.5, calm: 5 } as const;
const DIRECTIONS = ["bad", "both", "up", "down"] as const;

/** What each kind of rule begins with. */
export function startRule(kind: Rule["kind"]): Rule {
  if (kind === "anomaly") return { kind, width: 3.5, history: 8 };
  if (kind === "change") return { kind, by: 20, unit: "percent", against: "previous" };
  return { kind, above: null, below: null };
}

/** When a value is worth telling. Numbers are in the reader's units: yuan, percent. */
export function RuleFields({
  definition,
  unit,
  change,
}: {
  definition: AlertDefinition;
  unit: ValueFormat;
  change: (more: Partial<AlertDefinition>) => void;
}) {
  const { t } = useTranslation("alerts");
  const words = useAlertWords();
  const { rule } = definition;
  const by = unitOf(unit);
  const suffix = unit === "percent" ? "%" : undefined;
  const limit = (side: "above" | "below") =>
    rule.kind === "threshold" && (
      <Field label={t(side)} htmlFor={`alert-${side}`} extra={side === "above" ? t("limitNote") : undefined}>
        <NumberInput
          id={`alert-${side}`}
          style={{ width: "100%" }}
          value={(rule[side] ?? null) === null ? null : scaled(rule[side]!, 1 / by)}
          suffix={suffix}
          onChange={(value: number | null) =>
            change({
              rule: { ...rule, [side]: value === null ? null : scaled(value, by) },
              ...(side === "below" && value !== null ? { running: false } : {}),
            })
          }
        />
      </Field>
    );
  return (
    <>
      <Field label={t("ruleKind")}>
        <Segmented
          value={rule.kind}
          onChange={(kind: Rule["kind"]) => change({ rule: startRule(kind), running: false })}
          options={KINDS.map((value) => ({ value, label: t(`rules.${value}`) }))}
        />
      </Field>
      {rule.kind === "threshold" && (
        <div className={styles.pair}>
          {limit("above")}
          {limit("below")}
        </div>
      )}
      {rule.kind === "change" && (
        <div className={styles.pair}>
          <Field label={t("byMuch")} htmlFor="alert-by">
            <NumberInput
              id="alert-by"
              style={{ width: "100%" }}
              min={0}
              value={rule.unit === "percent" ? rule.by : scaled(rule.by, 1 / by)}
              onChange={(value: number | null) =>
                change({
                  rule: { ...rule, by: rule.unit === "percent" ? (value ?? 0) : scaled(value ?? 0, by) },
                })
              }
              addonAfter={
                <Select
                  aria-label={t("byMuch")}
                  value={rule.unit}
                  onChange={(next: typeof rule.unit) => change({ rule: { ...rule, unit: next } })}
                  options={(["percent", "absolute"] as const).map((value) => ({ value, label: t(value) }))}
                />
              }
            />
          </Field>
          <Field label={t("against")} htmlFor="alert-against">
            <Select
              id="alert-against"
              value={rule.against}
              onChange={(against: typeof rule.against) => change({ rule: { ...rule, against } })}
              options={(["previous", "last_week", "last_year"] as const)
                .filter((value) => value !== "last_week" || definition.by === "day")
                .map((value) => ({ value, label: words.other(definition, value) }))}
            />
          </Field>
        </div>
      )}
      {rule.kind === "anomaly" && (
        <Field label={t("width")} htmlFor="alert-width" extra={t("anomalyNote", { history: rule.history })}>
          <Select
            id="alert-width"
            value={rule.width}
            onChange={(width: number) => change({ rule: { ...rule, width } })}
            options={[
              ...Object.entries(WIDTHS).map(([key, value]) => ({
                value: value as number,
                label: t(`widths.${key as keyof typeof WIDTHS}`),
              })),
              ...((Object.values(WIDTHS) as number[]).includes(rule.width)
                ? []
                : [{ value: rule.width, label: t("widths.own", { width: rule.width }) }]),
            ]}
          />
        </Field>
      )}
      {rule.kind !== "threshold" && (
        <Field label={t("direction")} htmlFor="alert-direction">
          <Select
            id="alert-direction"
            value={definition.direction}
            onChange={(direction: AlertDefinition["direction"]) => change({ direction })}
            options={DIRECTIONS.map((value) => ({ value, label: t(`directions.${value}`) }))}
          />
        </Field>
      )}
    </>
  );
}
