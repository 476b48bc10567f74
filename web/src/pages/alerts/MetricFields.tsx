import { useTranslation } from "react-i18next";
import { useMetrics, useMetricValue } from "@/api";
import type { AlertDefinition } from "@/api";
import { useFormat, useProject } from "@/shell";
import { Field, Segmented, Select } from "@/ui";
import styles from "./alerts.module.css";
import { RuleFields } from "./RuleFields";

const BYS = ["day", "week", "month"] as const;

/** Which metric is watched, how it is cut, and when its value is worth telling. */
export function MetricFields({
  definition,
  change,
}: {
  definition: AlertDefinition;
  change: (more: Partial<AlertDefinition>) => void;
}) {
  const { t } = useTranslation("alerts");
  const format = useFormat();
  const project = useProject().id;
  const metrics = useMetrics(project).data ?? [];
  const unit = useMetricValue(project, definition.metric, "2day").data?.format ?? "number";
  return (
    <>
      <div className={styles.pair}>
        <Field label={t("metric")} htmlFor="alert-metric">
          <Select
            id="alert-metric"
            value={definition.metric}
            showSearch={{ optionFilterProp: "label" }}
            onChange={(metric: string) => change({ metric })}
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
    </>
  );
}
