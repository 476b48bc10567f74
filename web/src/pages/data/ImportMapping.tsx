import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportColumn, ImportKind, ImportPreview } from "@/api";
import { timeZones } from "@/format/regions";
import { Failed, useFormat, useProject } from "@/shell";
import { Button, Input, List, Section, Select } from "@/ui";
import styles from "./data.module.css";
import { ImportProblems } from "./ImportProblems";
import { isMoney, mappingOf, missing, planOf, withRole } from "./mapping";
import type { Mapping, MoneyUnit, Plan, Role } from "./mapping";
import { useRoleOptions } from "./role-options";

/** What each column means: guessed by the server, corrected here. */
export function ImportMapping({
  kind,
  preview,
  start,
  back,
  running,
  error,
  source,
  action,
  backAction,
}: {
  kind: ImportKind;
  preview: ImportPreview;
  start: (mapping: Mapping) => void;
  back: () => void;
  running: boolean;
  error: Error | null;
  /** Where the file is from, and how that is changed; a connector is its own source. */
  source?: { name: string; change: (name: string) => void };
  action?: string;
  backAction?: string;
}) {
  const { t } = useTranslation("data");
  const project = useProject();
  const language = useFormat().language === "en" ? "en" : "zh";
  const columns = preview.columns.map((column) => column.name);
  const [plan, setPlan] = useState<Plan>(() => planOf(preview.guess as Mapping, columns, kind));
  const needs = preview.native ? [] : missing(plan, kind);
  const format = preview.format.toUpperCase();
  const note = preview.encoding
    ? t("import.mapNote", { format, encoding: preview.encoding.toUpperCase() })
    : t("import.mapNoteBare", { format });
  const template = preview.template?.kind === kind ? preview.template[language] : null;
  return (
    <>
      <Section title={t("import.map")} note={preview.native ? t("import.native") : note}>
        {template && <p className={styles.about}>{t("import.template", { title: template })}</p>}
        {!preview.native && (
          <List
            label={t("import.map")}
            head={
              <>
                <th>{t("import.column")}</th>
                <th data-wide>{t("import.sample")}</th>
                <th>{t("import.means")}</th>
                <th>{t("import.unit")}</th>
              </>
            }
          >
            {preview.columns.map((column) => (
              <ColumnRow key={column.name} column={column} kind={kind} plan={plan} setPlan={setPlan} />
            ))}
          </List>
        )}
        <div className={styles.toolbar} style={{ marginTop: 16 }}>
          {kind === "events" && !preview.native && !Object.values(plan.roles).includes("what") && (
            <label>
              {t("import.fixedEvent")}{" "}
              <Input
                value={plan.fixedEvent}
                onChange={(event) => setPlan({ ...plan, fixedEvent: event.target.value })}
                style={{ width: 140 }}
              />
            </label>
          )}
          {Object.values(plan.roles).includes("when") && (
            <label>
              {t("import.zone")}{" "}
              <Select<string>
                value={plan.rest.zone ?? project.time_zone}
                onChange={(zone) => setPlan({ ...plan, rest: { ...plan.rest, zone } })}
                showSearch
                options={timeZones().map((value) => ({ value, label: value }))}
                style={{ width: 180 }}
              />
            </label>
          )}
          {source && (
            <label title={t("import.sourceNote")}>
              {t("import.source")}{" "}
              <Input
                value={source.name}
                maxLength={200}
                onChange={(event) => source.change(event.target.value)}
                style={{ width: 140 }}
              />
            </label>
          )}
          <span className={styles.spring} />
          {needs.length > 0 && (
            <span className={styles.needs} role="status">
              {t("import.needs")} {needs.map((need) => t(`import.need.${need}`)).join(" · ")}
            </span>
          )}
          <Button onClick={back} disabled={running}>
            {backAction ?? t("import.back")}
          </Button>
          <Button
            type="primary"
            loading={running}
            disabled={needs.length > 0 || source?.name.trim() === ""}
            onClick={() => start(preview.native ? {} : mappingOf(plan, kind))}
          >
            {action ?? t("import.start")}
          </Button>
        </div>
        {running && <p className={styles.muted}>{t("import.running")}</p>}
        {error && <Failed error={error} />}
      </Section>
      <ImportProblems problems={preview.problems} />
      <Rows preview={preview} />
    </>
  );
}

function ColumnRow({
  column,
  kind,
  plan,
  setPlan,
}: {
  column: ImportColumn;
  kind: ImportKind;
  plan: Plan;
  setPlan: (plan: Plan) => void;
}) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const options = useRoleOptions(kind);
  const role = plan.roles[column.name] ?? "keep";
  return (
    <tr>
      <td>
        {column.name}
        {column.missing > 0 && (
          <div className={styles.muted}>
            {t("import.missingShare", { share: format.percent(column.missing) })}
          </div>
        )}
      </td>
      <td data-wide>
        <div className={styles.sample}>{column.samples.map(String).join(" · ")}</div>
      </td>
      <td>
        <Select<Role>
          value={role}
          onChange={(next) => setPlan(withRole(plan, column.name, next))}
          options={options}
          showSearch={{ optionFilterProp: "label" }}
          aria-label={column.name}
          variant={role === "skip" || role === "keep" ? "borderless" : "outlined"}
          style={{ width: "100%", minWidth: 132, maxWidth: 240 }}
          popupMatchSelectWidth={240}
        />
      </td>
      <td>
        {isMoney(role) && (
          <Select<MoneyUnit>
            value={plan.money[column.name] ?? "yuan"}
            onChange={(unit) => setPlan({ ...plan, money: { ...plan.money, [column.name]: unit } })}
            options={[
              { value: "yuan", label: t("import.yuan") },
              { value: "fen", label: t("import.fen") },
            ]}
            aria-label={t("import.unit")}
            style={{ width: 92 }}
          />
        )}
      </td>
    </tr>
  );
}

function Rows({ preview }: { preview: ImportPreview }) {
  const { t } = useTranslation("data");
  return (
    <Section title={t("import.preview")}>
      <List
        label={t("import.preview")}
        head={preview.columns.map((column) => (
          <th key={column.name}>{column.name}</th>
        ))}
      >
        {preview.rows_sample.slice(0, 8).map((row, index) => (
          <tr key={index}>
            {preview.columns.map((column) => (
              <td key={column.name} data-tight>
                <div className={styles.sample}>{cell(row[column.name])}</div>
              </td>
            ))}
          </tr>
        ))}
      </List>
    </Section>
  );
}

function cell(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
