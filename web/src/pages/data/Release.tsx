import { useState } from "react";
import { useTranslation } from "react-i18next";
import { callFile, projectPath, useReleaseRun, useSources } from "@/api";
import type { ReleaseReport, ReleaseRun } from "@/api";
import { Failed, useFormat, useNames, useProject } from "@/shell";
import { Button, Drawer, Field, Form, Input, List, Mark, Select } from "@/ui";
import styles from "./data.module.css";

const WHERE = "app_version=2.4.0";
const DEVICE = "device:d-1";
const SINCE = ["30m", "2h", "1d", "7d"] as const;

/** A verification run: what a release sent, held against the plan. */
export function Release({ close }: { close: () => void }) {
  const { t } = useTranslation("data");
  const project = useProject().id;
  const sources = useSources(project);
  const [form] = Form.useForm<ReleaseRun>();
  const run = useReleaseRun(project);
  const [failed, setFailed] = useState<Error | null>(null);
  const save = async () => {
    try {
      const file = await callFile("POST", projectPath(project, "/plan/verify.csv"), { body: run.variables });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await file.blob());
      link.download = "release.csv";
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      setFailed(error as Error);
    }
  };
  const error = run.error ?? failed;
  return (
    <Drawer open onClose={close} size={760} title={t("release.open")}>
      <p className={styles.muted}>{t("release.lead")}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ since: "2h", source: "", device: "", where: "" }}
        onFinish={(values) => {
          setFailed(null);
          run.mutate(values);
        }}
      >
        <div className={styles.run}>
          <Field name="since" label={t("release.since")}>
            <Select options={SINCE.map((value) => ({ value, label: t(`release.sinces.${value}`) }))} />
          </Field>
          <Field name="source" label={t("sources.title")}>
            <Select
              options={[
                { value: "", label: t("release.anySource") },
                ...(sources.data ?? []).map((source) => ({ value: source.id, label: source.name })),
              ]}
            />
          </Field>
          <Field name="where" label={t("release.where")}>
            <Input placeholder={WHERE} maxLength={200} />
          </Field>
          <Field name="device" label={t("release.device")}>
            <Input placeholder={DEVICE} maxLength={200} />
          </Field>
        </div>
        <Button type="primary" htmlType="submit" loading={run.isPending}>
          {t("release.run")}
        </Button>
        {run.data && (
          <Button style={{ marginLeft: 8 }} onClick={() => void save()}>
            {t("release.csv")}
          </Button>
        )}
      </Form>
      {error && <Failed error={error} />}
      {run.data && <Report report={run.data} />}
    </Drawer>
  );
}

function Report({ report }: { report: ReleaseReport }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const names = useNames();
  const rows = report.events.filter((event) => event.wanted || event.count > 0 || event.blocked > 0);
  return (
    <>
      <p style={{ marginTop: 16 }}>
        <Mark tone={report.met ? "accent" : "loss"}>{t(report.met ? "release.met" : "release.notMet")}</Mark>{" "}
        {t("release.summary", {
          seen: report.seen,
          wanted: report.wanted,
          events: format.exact(report.looked_at),
        })}
        {report.cut && ` ${t("release.cut")}`}
      </p>
      <List
        label={t("release.open")}
        head={
          <>
            <th>{t("plan.event")}</th>
            <th data-right>{t("release.seen")}</th>
            <th data-right>{t("release.clean")}</th>
            <th>{t("release.wrong")}</th>
          </>
        }
      >
        {rows.map((event) => (
          <tr key={event.name}>
            <td>
              <span
                className={styles.state}
                data-on={event.met ? "" : undefined}
                data-lost={event.met ? undefined : ""}
              >
                {names.event(event.name)}
              </span>
            </td>
            <td data-right>{event.count > 0 ? format.exact(event.count) : "–"}</td>
            <td data-right>{event.count > 0 ? format.percent(event.clean / event.count) : "–"}</td>
            <td>
              {!event.planned && <div>{t("plan.unplanned")}</div>}
              {event.planned && event.count === 0 && event.wanted && <div>{t("release.missing")}</div>}
              {event.blocked > 0 && (
                <div>
                  {t("quality.blocked", { count: event.blocked, shown: format.exact(event.blocked) })}
                </div>
              )}
              {event.properties
                .filter((property) => property.violations > 0)
                .map((property) => (
                  <div key={property.name}>
                    <code>{property.name}</code>{" "}
                    {Object.entries(property.codes)
                      .map(([code, count]) => `${t(`codes.${code}` as "codes.plan_wrong_type")} × ${count}`)
                      .join(" · ")}{" "}
                    <span className={styles.muted}>
                      {property.samples.map((one) => JSON.stringify(one)).join(" · ")}
                    </span>
                  </div>
                ))}
            </td>
          </tr>
        ))}
      </List>
    </>
  );
}
