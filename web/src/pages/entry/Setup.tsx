import { useTranslation } from "react-i18next";
import { Navigate, useNavigate } from "react-router";
import { useSetup, useSetupNeeded } from "@/api";
import type { SetupForm } from "@/api";
import { currencies, timeZones } from "@/format/regions";
import { Failed } from "@/shell/Failed";
import { useLanguage } from "@/shell/format";
import { Button, Field, Form, Input, PasswordInput, Select } from "@/ui";
import { Door } from "./Door";
import styles from "./entry.module.css";

/** The first visit: the administrator and the first project. */
export function Setup() {
  const { t } = useTranslation("entry");
  const language = useLanguage();
  const needed = useSetupNeeded();
  const setup = useSetup();
  const go = useNavigate();
  if (needed.data && !needed.data.needed && !setup.isSuccess) return <Navigate to="/" replace />;
  const need = { required: true, message: t("setup.need") };
  return (
    <Door wide>
      <h1 className={styles.title}>{t("setup.title")}</h1>
      <p className={styles.lead}>{t("setup.lead")}</p>
      <Form<SetupForm>
        layout="vertical"
        requiredMark={false}
        initialValues={{
          time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "Asia/Shanghai",
          currency: "CNY",
        }}
        onFinish={(form) => setup.mutate(form, { onSuccess: () => void go("/", { replace: true }) })}
      >
        <div className={styles.part}>
          <h2>{t("setup.you")}</h2>
          <p>{t("setup.youHint")}</p>
        </div>
        <div className={styles.pair}>
          <Field name="name" label={t("setup.name")} rules={[need]}>
            <Input autoComplete="name" />
          </Field>
          <Field
            name="email"
            label={t("setup.email")}
            rules={[need, { type: "email", message: t("setup.badEmail") }]}
          >
            <Input type="email" autoComplete="username" />
          </Field>
        </div>
        <Field
          name="password"
          label={t("setup.password")}
          extra={t("setup.passwordHint")}
          rules={[need, { min: 8, message: t("setup.short") }]}
        >
          <PasswordInput autoComplete="new-password" />
        </Field>
        <div className={styles.part}>
          <h2>{t("setup.project")}</h2>
          <p>{t("setup.projectHint")}</p>
        </div>
        <Field name="project_name" label={t("setup.projectName")} rules={[need]}>
          <Input autoComplete="organization" />
        </Field>
        <div className={styles.pair}>
          <Field name="time_zone" label={t("setup.zone")} extra={t("setup.zoneHint")} rules={[need]}>
            <Select showSearch options={timeZones().map((value) => ({ value, label: value }))} />
          </Field>
          <Field name="currency" label={t("setup.currency")} rules={[need]}>
            <Select showSearch={{ optionFilterProp: "label" }} options={currencies(language)} />
          </Field>
        </div>
        {setup.error && <Failed error={setup.error} />}
        <Button type="primary" size="large" htmlType="submit" block loading={setup.isPending}>
          {t("setup.submit")}
        </Button>
      </Form>
    </Door>
  );
}
