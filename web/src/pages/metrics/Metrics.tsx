import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useMetricChanges, useMetrics, useMetricValue } from "@/api";
import type { Metric } from "@/api";
import { EditingProvider } from "@/editors";
import { SaveToBoard } from "@/pages/analyse/SaveToBoard";
import { Failed, useAddress, useFormat, useMayEdit, usePeriod, useProject } from "@/shell";
import { writePeriod } from "@/shell/place";
import { Bone, BoneRows, Button, Change, Empty, Icon, List, Menu, Page, useNotify } from "@/ui";
import { useMeaning, useMetricWords } from "./figure";
import { MetricDrawer } from "./MetricDrawer";
import { MetricForm } from "./MetricForm";
import styles from "./metrics.module.css";

/** The project's metrics with their values of the period at the top. */
export function Metrics() {
  const { t } = useTranslation("metrics");
  const project = useProject();
  const metrics = useMetrics(project.id);
  const mayEdit = useMayEdit();
  const address = useAddress();
  const go = useNavigate();
  const [adding, setAdding] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const all = metrics.data ?? [];
  const add = mayEdit && (
    <Button type="primary" icon={<Icon name="plus" size={14} />} onClick={() => setAdding(true)}>
      {t("new")}
    </Button>
  );
  return (
    <Page title={t("title")} lead={t("lead")} actions={all.length > 0 && add}>
      {metrics.error ? (
        <Failed error={metrics.error} retry={() => void metrics.refetch()} />
      ) : !metrics.data ? (
        <BoneRows rows={4} />
      ) : all.length === 0 ? (
        <Empty
          title={t("empty")}
          action={
            <Button type="primary" onClick={() => void go(address("/analyse/trends"))}>
              {t("ask")}
            </Button>
          }
        >
          {t("emptyText")}
        </Empty>
      ) : (
        <List
          label={t("title")}
          head={
            <>
              <th>{t("name")}</th>
              <th data-right>{t("value")}</th>
              <th data-right data-wide>
                {t("change")}
              </th>
              <th data-wide>{t("means")}</th>
              <th data-wide>{t("used")}</th>
              <th data-wide data-right>
                {t("version")}
              </th>
              <th aria-hidden="true" />
            </>
          }
        >
          <EditingProvider project={project}>
            {all.map((metric) => (
              <Row key={metric.name} metric={metric} show={() => setShown(metric.name)} />
            ))}
          </EditingProvider>
        </List>
      )}
      {adding && <MetricForm known={all.map(({ name }) => name)} close={() => setAdding(false)} />}
      <EditingProvider project={project}>
        <MetricDrawer name={shown} close={() => setShown(null)} />
      </EditingProvider>
    </Page>
  );
}

function Row({ metric, show }: { metric: Metric; show: () => void }) {
  const { t } = useTranslation("metrics");
  const format = useFormat();
  const { period } = usePeriod();
  const value = useMetricValue(useProject().id, metric.name, writePeriod(period));
  const words = useMetricWords();
  const means = useMeaning();
  const change = value.data ? words.change(value.data) : null;
  const { definition } = metric;
  return (
    <tr>
      <td>
        <button type="button" className={styles.open} onClick={show} title={t("open")}>
          {format.say(definition.title)}
        </button>
        <code className={styles.code}>{metric.name}</code>
        <Bell metric={metric} />
      </td>
      <td data-right>
        {value.error ? (
          <span className={styles.quiet} title={value.error.message}>
            {t("failed")}
          </span>
        ) : value.data ? (
          <>
            <b className={styles.value}>{words.figure(value.data.value, value.data.format)}</b>
            {change && (
              <span data-narrow>
                <Change value={change.by} text={change.text} good={definition.good} />
              </span>
            )}
          </>
        ) : (
          <Bone w={64} />
        )}
      </td>
      <td data-right data-wide>
        {change ? (
          <Change value={change.by} text={change.text} good={definition.good} />
        ) : value.data || value.error ? (
          "–"
        ) : (
          <Bone w={48} />
        )}
      </td>
      <td data-wide className={styles.quiet}>
        {means(definition)}
      </td>
      <td data-wide>{metric.used.map(({ title }) => format.say(title)).join(" · ") || "–"}</td>
      <td data-wide data-right>
        {metric.version}
      </td>
      <td data-right>
        <Actions metric={metric} show={show} />
      </td>
    </tr>
  );
}

/** Leads to the alerts that watch a metric. */
function Bell({ metric }: { metric: Metric }) {
  const { t } = useTranslation("metrics");
  const address = useAddress();
  const [first] = metric.used.filter(({ kind }) => kind === "alert");
  if (!first) return null;
  return (
    <Link className={styles.bell!} to={address("/alerts", { open: first.name })} aria-label={t("watched")}>
      <Icon name="alerts" size={14} />
    </Link>
  );
}

function Actions({ metric, show }: { metric: Metric; show: () => void }) {
  const { t } = useTranslation("metrics");
  const project = useProject();
  const format = useFormat();
  const mayEdit = useMayEdit();
  const address = useAddress();
  const go = useNavigate();
  const { message, modal } = useNotify();
  const { remove } = useMetricChanges(project.id);
  const [doing, setDoing] = useState<"edit" | "board" | null>(null);
  const title = format.say(metric.definition.title);
  const ask = () =>
    void modal.confirm({
      title: t("sure", { name: title }),
      content: t("sureText"),
      okText: t("remove"),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => remove.mutateAsync(metric.name).catch((error: Error) => void message.error(error.message)),
    });
  return (
    <>
      <Menu
        trigger={["click"]}
        placement="bottomRight"
        menu={{
          items: [
            { key: "open", label: t("open") },
            ...(mayEdit
              ? [
                  { key: "alert", label: t("alert") },
                  { key: "board", label: t("board") },
                  { key: "edit", label: t("edit") },
                  { type: "divider" as const },
                  { key: "remove", label: t("remove"), danger: true },
                ]
              : []),
          ],
          onClick: ({ key }) => {
            if (key === "open") show();
            if (key === "alert") void go(address("/alerts", { new: metric.name }));
            if (key === "remove") ask();
            if (key === "edit" || key === "board") setDoing(key);
          },
        }}
      >
        <Button
          type="text"
          size="small"
          icon={<Icon name="more" />}
          aria-label={t("actions", { name: title })}
        />
      </Menu>
      {doing === "edit" && <MetricForm metric={metric} known={[]} close={() => setDoing(null)} />}
      {doing === "board" && (
        <EditingProvider project={project}>
          <SaveToBoard
            kind="metric"
            params={{ metric: metric.name }}
            view={null}
            title={title}
            onClose={() => setDoing(null)}
          />
        </EditingProvider>
      )}
    </>
  );
}
