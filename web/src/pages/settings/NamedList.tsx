import { useTranslation } from "react-i18next";
import { Button, Field, Form, Icon, Input, Switch } from "@/ui";
import styles from "./privacy.module.css";

const NAME = /^[a-z][a-z0-9_]{0,39}$/;

/** The purposes or channels of a project: what facts call them, both titles, and whether they ask first. */
export function NamedList({
  field,
  kept,
  asks = false,
  disabled,
}: {
  field: "purposes" | "channels";
  /** Names that are in force: what facts say under them would be nobody's if they were changed. */
  kept: readonly string[];
  asks?: boolean;
  disabled: boolean;
}) {
  const { t } = useTranslation(["settings", "common"]);
  return (
    <Form.List name={field}>
      {(rows, { add, remove }) => (
        <div
          className={styles.named}
          data-asks={asks ? "" : undefined}
          role="table"
          aria-label={t(`privacy.${field}`)}
        >
          <div role="row" className={styles.row}>
            <span role="columnheader">{t("privacy.named.name")}</span>
            <span role="columnheader">{t("privacy.named.zh")}</span>
            <span role="columnheader">{t("privacy.named.en")}</span>
            {asks && <span role="columnheader">{t("privacy.named.asks")}</span>}
            <span role="columnheader" aria-label={t("privacy.named.remove")} />
          </div>
          {rows.map((row) => (
            <div role="row" className={styles.row} key={row.key}>
              <span role="cell">
                <NameField field={field} at={row.name} kept={kept} />
              </span>
              {(["zh", "en"] as const).map((spoken) => (
                <span role="cell" key={spoken}>
                  <Field
                    className={styles.cell}
                    name={[row.name, "title", spoken]}
                    rules={[{ required: true, whitespace: true, message: t("privacy.named.title") }]}
                  >
                    <Input aria-label={t(`privacy.named.${spoken}`)} maxLength={80} />
                  </Field>
                </span>
              ))}
              {asks && (
                <span role="cell">
                  <Field className={styles.cell} name={[row.name, "asks_first"]} valuePropName="checked">
                    <Switch size="small" aria-label={t("privacy.named.asks")} />
                  </Field>
                </span>
              )}
              <span role="cell">
                <Button
                  type="text"
                  size="small"
                  disabled={disabled || (asks && rows.length === 1)}
                  icon={<Icon name="close" size={14} />}
                  aria-label={t("privacy.named.remove")}
                  onClick={() => remove(row.name)}
                />
              </span>
            </div>
          ))}
          <Button
            size="small"
            icon={<Icon name="plus" size={14} />}
            disabled={disabled || rows.length >= 40}
            onClick={() => add({ name: "", title: { en: "", zh: "" }, ...(asks && { asks_first: true }) })}
          >
            {t(`privacy.named.add.${field}`)}
          </Button>
        </div>
      )}
    </Form.List>
  );
}

function NameField({
  field,
  at,
  kept,
}: {
  field: "purposes" | "channels";
  at: number;
  kept: readonly string[];
}) {
  const { t } = useTranslation("settings");
  const form = Form.useFormInstance<Record<typeof field, { name: string }[]>>();
  const name = Form.useWatch([field, at, "name"], form) as string | undefined;
  const held = name !== undefined && kept.includes(name);
  return (
    <Field
      className={styles.cell}
      name={[at, "name"]}
      rules={[
        { pattern: NAME, required: true, message: t("privacy.named.form") },
        {
          validator: (_, value: string) =>
            (form.getFieldValue(field) as { name: string }[]).filter((one) => one.name === value).length > 1
              ? Promise.reject(new Error(t("privacy.named.twice", { name: value })))
              : Promise.resolve(),
        },
      ]}
    >
      <Input
        aria-label={t("privacy.named.name")}
        maxLength={40}
        readOnly={held}
        variant={held ? "borderless" : "outlined"}
      />
    </Field>
  );
}
