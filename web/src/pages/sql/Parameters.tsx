import { useTranslation } from "react-i18next";
import type { SqlParameter } from "@/api";
import { DatePicker, Input, NumberInput, Select, Switch } from "@/ui";
import { dayjs } from "@/ui/dayjs";
import styles from "./sql.module.css";

const KINDS = ["text", "number", "date", "time", "flag", "list"] as const;

/** The values of a query's $names, each by its kind. */
export function Parameters({
  parameters,
  onChange,
}: {
  parameters: SqlParameter[];
  onChange: (parameters: SqlParameter[]) => void;
}) {
  const { t } = useTranslation("sql");
  const replace = (next: SqlParameter) =>
    onChange(parameters.map((each) => (each.name === next.name ? next : each)));
  return (
    <div className={styles.parameters} role="group" aria-label={t("parameters")}>
      {parameters.map((parameter) => (
        <div key={parameter.name} className={styles.parameter}>
          <code>${parameter.name}</code>
          <Value parameter={parameter} onChange={replace} />
          <Select
            size="small"
            variant="borderless"
            value={parameter.kind}
            aria-label={t("kindOf", { name: parameter.name })}
            popupMatchSelectWidth={false}
            options={KINDS.map((kind) => ({ value: kind, label: t(`parameter.${kind}`) }))}
            onChange={(kind) => replace({ ...parameter, kind, default: null })}
          />
        </div>
      ))}
    </div>
  );
}

function Value({
  parameter,
  onChange,
}: {
  parameter: SqlParameter;
  onChange: (parameter: SqlParameter) => void;
}) {
  const { t } = useTranslation("sql");
  const { name, kind } = parameter;
  const held = parameter.default ?? null;
  const give = (value: SqlParameter["default"]) => onChange({ ...parameter, default: value });
  const shared = { size: "small", "aria-label": t("valueOf", { name }) } as const;
  if (kind === "number") {
    return (
      <NumberInput
        {...shared}
        value={held === null ? null : Number(held)}
        onChange={(value) => give(value)}
      />
    );
  }
  if (kind === "flag")
    return <Switch {...shared} checked={held === true} onChange={(value) => give(value)} />;
  if (kind === "date" || kind === "time") {
    return (
      <DatePicker
        {...shared}
        showTime={kind === "time"}
        value={typeof held === "string" && held ? dayjs(held) : null}
        onChange={(value) =>
          give(value ? value.format(kind === "time" ? "YYYY-MM-DDTHH:mm:ss" : "YYYY-MM-DD") : null)
        }
      />
    );
  }
  const text = Array.isArray(held) ? held.join(",") : held === null ? "" : String(held);
  return (
    <Input
      {...shared}
      value={text}
      placeholder={kind === "list" ? t("listHint") : undefined}
      onChange={({ target }) => give(kind === "list" ? target.value.split(",") : target.value)}
    />
  );
}
