import { useTranslation } from "react-i18next";
import type { ConnectorKind } from "@/api";
import { useFormat } from "@/shell";
import { Field, Form, Input, NumberInput, PasswordInput, Select, Switch, TextArea } from "@/ui";
import { settingsOf } from "./settings";
import type { Place, Setting } from "./settings";

const EXAMPLE = "X-Shop: 1";

/** The form of a kind of place, made from the schema of its settings. */
export function PlaceForm({
  kind,
  place,
  kept,
  wrong,
  change,
}: {
  kind: ConnectorKind;
  place: Place;
  kept: string[];
  wrong: string | null;
  change: (place: Place) => void;
}) {
  const { t } = useTranslation("data");
  const settings = settingsOf(kind, useFormat().language === "en" ? "en" : "zh");
  const basic = [
    ...settings.filter((each) => each.needed),
    ...settings.filter((each) => !each.needed && each.first),
  ];
  const further = settings.filter((each) => !each.needed && !each.first);
  const field = (setting: Setting) => (
    <Field
      key={setting.name}
      label={setting.label}
      htmlFor={`place-${setting.name}`}
      validateStatus={wrong === setting.name ? "error" : undefined}
      extra={kept.includes(setting.name) ? t("connectors.kept") : undefined}
    >
      <Control
        setting={setting}
        value={place[setting.name]}
        change={(value) => change({ ...place, [setting.name]: value })}
      />
    </Field>
  );
  return (
    <Form layout="vertical" requiredMark={false} style={{ maxWidth: 560 }}>
      {basic.map(field)}
      {further.length > 0 && (
        <details open={further.some((each) => each.name === wrong)}>
          <summary style={{ cursor: "pointer", marginBottom: 12 }}>{t("connectors.more")}</summary>
          {further.map(field)}
        </details>
      )}
    </Form>
  );
}

function Control({
  setting,
  value,
  change,
}: {
  setting: Setting;
  value: unknown;
  change: (value: unknown) => void;
}) {
  const { t } = useTranslation("data");
  const id = `place-${setting.name}`;
  const shown = value ?? setting.standard;
  const text = typeof shown === "string" || typeof shown === "number" ? String(shown) : "";
  switch (setting.control) {
    case "switch":
      return <Switch id={id} checked={shown === true} onChange={change} />;
    case "choice":
      return (
        <Select
          id={id}
          value={shown ?? undefined}
          allowClear={!setting.needed && setting.standard === null}
          onChange={(next: unknown) => change(next ?? null)}
          options={setting.choices.map((each) => ({
            value: each,
            label: t(`connectors.choices.${each as "none"}`, { defaultValue: each }),
          }))}
        />
      );
    case "number":
      return (
        <NumberInput
          id={id}
          value={typeof shown === "number" ? shown : null}
          onChange={(next) => change(next)}
          style={{ width: 160 }}
        />
      );
    case "secret":
      return (
        <PasswordInput
          id={id}
          value={text}
          autoComplete="new-password"
          onChange={(event) => change(event.target.value)}
        />
      );
    case "lines":
      return (
        <TextArea id={id} rows={4} value={text} onChange={(event) => change(event.target.value || null)} />
      );
    case "pairs":
      return (
        <TextArea
          id={id}
          rows={2}
          placeholder={EXAMPLE}
          defaultValue={Object.entries((shown ?? {}) as Record<string, string>)
            .map((pair) => pair.join(": "))
            .join("\n")}
          onChange={(event) =>
            change(
              Object.fromEntries(
                event.target.value
                  .split("\n")
                  .map((line) => line.split(/:\s*(.*)/s))
                  .filter(([name]) => name)
                  .map(([name = "", said = ""]) => [name.trim(), said]),
              ),
            )
          }
        />
      );
    case "text":
      return (
        <Input
          id={id}
          value={text}
          autoComplete="off"
          onChange={(event) => change(event.target.value || (setting.needed ? "" : null))}
        />
      );
  }
}
