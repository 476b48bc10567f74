import { useTranslation } from "react-i18next";
import { useMeChange, useSession } from "@/api";
import { Failed, useLanguage } from "@/shell";
import { speak } from "@/text";
import { Button, Field, Form, Input, PasswordInput, Section, Segmented, useNotify, useTheme } from "@/ui";
import type { ThemeChoice } from "@/ui";
import styles from "./settings.module.css";

export function Me() {
  const { t } = useTranslation(["settings", "shell", "common"]);
  const session = useSession();
  const { message } = useNotify();
  const save = useMeChange();
  const language = useLanguage();
  const { choice, choose } = useTheme();
  const user = session.data?.user;
  if (!user) return null;
  return (
    <>
      <Section title={t("me.profile")}>
        <Form<{ name: string }>
          layout="vertical"
          requiredMark={false}
          className={styles.form}
          style={{ paddingTop: 12 }}
          initialValues={{ name: user.name }}
          onFinish={({ name }) =>
            save.mutate({ name }, { onSuccess: () => void message.success(t("me.saved")) })
          }
        >
          <Field label={t("me.email")}>
            <Input value={user.email} disabled aria-label={t("me.email")} />
          </Field>
          <Field
            name="name"
            label={t("me.name")}
            rules={[{ required: true, whitespace: true, message: t("common:needed") }]}
          >
            <Input autoComplete="name" />
          </Field>
          {save.error && <Failed error={save.error} />}
          <Button htmlType="submit" type="primary" loading={save.isPending}>
            {t("me.save")}
          </Button>
        </Form>
      </Section>
      <Section title={t("me.look")}>
        <div className={styles.side} style={{ paddingTop: 12 }}>
          <Segmented
            value={language}
            onChange={(next) => {
              save.mutate({ language: next === "en" ? "en" : "zh" });
              void speak(next);
            }}
            options={[
              { value: "zh-CN" as const, label: t("me.languages.zh") },
              { value: "en" as const, label: t("me.languages.en") },
            ]}
          />
          <Segmented<ThemeChoice>
            value={choice}
            onChange={choose}
            options={(["light", "dark", "system"] as const).map((value) => ({
              value,
              label: t(`shell:theme.${value}`),
            }))}
          />
        </div>
      </Section>
      <Password />
    </>
  );
}

function Password() {
  const { t } = useTranslation(["settings", "common"]);
  const { message } = useNotify();
  const save = useMeChange();
  const [form] = Form.useForm<{ current: string; new: string }>();
  return (
    <Section title={t("me.password")}>
      <Form<{ current: string; new: string }>
        form={form}
        layout="vertical"
        requiredMark={false}
        className={styles.form}
        style={{ paddingTop: 12 }}
        onFinish={(password) =>
          save.mutate(
            { password },
            {
              onSuccess: () => {
                form.resetFields();
                void message.success(t("me.changed"));
              },
            },
          )
        }
      >
        <Field
          name="current"
          label={t("me.current")}
          rules={[{ required: true, message: t("common:needed") }]}
        >
          <PasswordInput autoComplete="current-password" />
        </Field>
        <Field
          name="new"
          label={t("me.new")}
          extra={t("me.newHint")}
          rules={[{ required: true, min: 8, message: t("me.newHint") }]}
        >
          <PasswordInput autoComplete="new-password" />
        </Field>
        {save.error && <Failed error={save.error} />}
        <Button htmlType="submit" loading={save.isPending}>
          {t("me.change")}
        </Button>
      </Form>
    </Section>
  );
}
