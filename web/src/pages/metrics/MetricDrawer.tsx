import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMetric, useMetricChanges, useMetrics } from "@/api";
import { writeQuestion } from "@/pages/analyse/address";
import type { Asked } from "@/api/questions";
import { Failed, useAddress, useFormat, useMayEdit, useProject, Versions } from "@/shell";
import { BoneRows, Drawer, Icon } from "@/ui";
import { useMeaning } from "./figure";
import { MetricFace } from "./MetricFace";
import styles from "./metrics.module.css";

/** One metric: its line, what it means, and what it has meant. */
export function MetricDrawer({ name, close }: { name: string | null; close: () => void }) {
  const format = useFormat();
  const metrics = useMetrics(useProject().id);
  const known = metrics.data?.find((one) => one.name === name);
  const title = known ? (
    <>
      {format.say(known.definition.title)} <code className={styles.code}>{name}</code>
    </>
  ) : (
    name
  );
  return (
    <Drawer open={name !== null} onClose={close} size={520} title={title} destroyOnHidden>
      {name && <Opened name={name} />}
    </Drawer>
  );
}

function Opened({ name }: { name: string }) {
  const { t } = useTranslation("metrics");
  const format = useFormat();
  const address = useAddress();
  const means = useMeaning();
  const mayEdit = useMayEdit();
  const project = useProject().id;
  const metric = useMetric(project, name);
  const { save } = useMetricChanges(project);
  if (metric.error) return <Failed error={metric.error} retry={() => void metric.refetch()} />;
  if (!metric.data) return <BoneRows rows={6} />;
  const { definition, versions, used } = metric.data;
  const { question } = definition;
  return (
    <div className={styles.stack}>
      <MetricFace name={name} label={format.say(definition.title)} good={definition.good} />
      {definition.description && <p>{format.say(definition.description)}</p>}
      <p>
        {definition.formula ? (
          <code>{definition.formula}</code>
        ) : (
          <>
            {means(definition)}{" "}
            {question && (
              <Link to={address(`/analyse/${question.kind}`, writeQuestion(question.params as Asked, null))}>
                {t("question")}
              </Link>
            )}
          </>
        )}
      </p>
      {mayEdit && (
        <p>
          <Link to={address("/alerts", { new: name })}>
            <Icon name="alerts" size={14} /> {t("alert")}
          </Link>
        </p>
      )}
      {used.length > 0 && (
        <p className={styles.quiet}>
          {t("usedBy", { names: used.map((use) => format.say(use.title)).join(" · ") })}
        </p>
      )}
      <h3 className={styles.head}>{t("versions")}</h3>
      <Versions
        versions={versions}
        means={(one) => one.formula ?? means(one)}
        restore={mayEdit ? (change) => save.mutateAsync({ name, ...change }) : undefined}
      />
    </div>
  );
}
