import { useTranslation } from "react-i18next";
import { usePrivacy, usePrivacyChange } from "@/api";
import type { PrivacyPolicy, PrivacyReply } from "@/api";
import { IDENTIFIER_TYPES, Failed, useNames, useProject } from "@/shell";
import { BoneRows, Button, Field, Form, NumberInput, Section, Select, Switch, useNotify } from "@/ui";
import { Erasures } from "./Erasures";
import { NamedList } from "./NamedList";
import styles from "./settings.module.css";

type Decisions = Omit<PrivacyPolicy, "keep_months_by_source">;

/** What the project has decided about personal data, and who asked to be erased. */
export function Privacy() {
  const { t } = useTranslation("settings");
  const project = useProject();
  const privacy = usePrivacy(project.id);
  const owner = project.role === "owner";
  return (
    <>
      <p className={styles.lead}>{t("privacy.lead")}</p>
      {privacy.error ? (
        <Failed error={privacy.error} retry={() => void privacy.refetch()} />
      ) : !privacy.data ? (
        <BoneRows rows={6} />
      ) : (
        <PolicyForm key={project.id} held={privacy.data} mayChange={owner} />
      )}
      {owner && <Erasures />}
    </>
  );
}

function PolicyForm({ held, mayChange }: { held: PrivacyReply; mayChange: boolean }) {
  const { t } = useTranslation(["settings", "common"]);
  const project = useProject();
  const names = useNames();
  const change = usePrivacyChange(project.id);
  const { message } = useNotify();
  const save = (decided: Decisions) =>
    change.mutate(
      {
        ...held.policy,
        ...decided,
        keep_months: decided.keep_months ?? null,
      },
      { onSuccess: () => void message.success(t("privacy.saved")) },
    );
  const kept = (named: PrivacyPolicy["channels"]) => named.map((one) => one.name);
  return (
    <Form<Decisions>
      layout="vertical"
      requiredMark={false}
      className={styles.form}
      disabled={!mayChange}
      initialValues={held.policy}
      onFinish={save}
    >
      <Section title={t("privacy.consent")}>
        <h3 className={styles.label}>{t("privacy.purposes")}</h3>
        <p className={styles.muted}>{t("privacy.asksHint")}</p>
        <NamedList field="purposes" kept={kept(held.policy.purposes)} asks disabled={!mayChange} />
        <h3 className={styles.label}>{t("privacy.channels")}</h3>
        <p className={styles.muted}>{t("privacy.channelsHint")}</p>
        <NamedList field="channels" kept={kept(held.policy.channels)} disabled={!mayChange} />
        <Field
          name="leave_out_withdrawn"
          label={t("privacy.leaveOut")}
          extra={t("privacy.leaveOutHint")}
          valuePropName="checked"
        >
          <Switch />
        </Field>
      </Section>
      <Section title={t("privacy.masking")}>
        <Field name="sees_personal_data" label={t("privacy.sees")} extra={t("privacy.seesHint")}>
          <Select
            options={(["viewer", "editor", "owner"] as const).map((role) => ({
              value: role,
              label: t("privacy.from", { role: t(`users.role.${role}`) }),
            }))}
          />
        </Field>
        <Field name="personal_properties" label={t("privacy.properties")} extra={t("privacy.propertiesHint")}>
          <Select
            mode="tags"
            options={held.policy.personal_properties.map((name) => ({
              value: name,
              label: names.property(name),
            }))}
          />
        </Field>
      </Section>
      <Section title={t("privacy.keeping")}>
        <Field
          name="hashed_identifiers"
          label={t("privacy.hashed")}
          extra={held.empty ? t("privacy.hashedHint") : t("privacy.hashedLate")}
        >
          <Select
            mode="multiple"
            disabled={!mayChange || !held.empty}
            placeholder={t("privacy.hashedNone")}
            options={IDENTIFIER_TYPES.map((type) => ({ value: type, label: names.identifier(type) }))}
          />
        </Field>
        <Field name="keep_months" label={t("privacy.months")} extra={t("privacy.monthsHint")}>
          <NumberInput
            min={1}
            max={600}
            precision={0}
            placeholder={t("privacy.forever")}
            style={{ width: 160 }}
          />
        </Field>
      </Section>
      {change.error && <Failed error={change.error} />}
      {mayChange ? (
        <Button type="primary" htmlType="submit" loading={change.isPending} style={{ marginBottom: 24 }}>
          {t("common:save")}
        </Button>
      ) : (
        <p className={styles.muted}>{t("project.readOnly")}</p>
      )}
    </Form>
  );
}
