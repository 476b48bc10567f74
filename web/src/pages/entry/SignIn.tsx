import { useTranslation } from "react-i18next";
import { Navigate, useNavigate, useSearchParams } from "react-router";
import { useSession, useSetupNeeded, useSignIn } from "@/api";
import { Failed } from "@/shell/Failed";
import { Button, Field, Form, Input, PasswordInput } from "@/ui";
import { Door } from "./Door";
import styles from "./entry.module.css";

export function SignIn() {
  const { t } = useTranslation("entry");
  const setup = useSetupNeeded();
  const session = useSession();
  const signIn = useSignIn();
  const go = useNavigate();
  const [search] = useSearchParams();
  const wanted = search.get("next");
  // Only addresses of our own pages: "//elsewhere" would leave the site.
  const next = wanted && /^\/(?![/\\])/.test(wanted) ? wanted : "/";
  if (setup.data?.needed) return <Navigate to="/setup" replace />;
  if (session.data && !signIn.isPending) return <Navigate to={next} replace />;
  return (
    <Door>
      <h1 className={styles.title}>{t("signIn.title")}</h1>
      <Form<{ email: string; password: string }>
        layout="vertical"
        requiredMark={false}
        style={{ marginTop: 20 }}
        onFinish={(form) => signIn.mutate(form, { onSuccess: () => void go(next, { replace: true }) })}
      >
        <Field
          name="email"
          label={t("signIn.email")}
          rules={[{ required: true, message: t("signIn.needEmail") }]}
        >
          <Input size="large" type="email" autoComplete="username" inputMode="email" />
        </Field>
        <Field
          name="password"
          label={t("signIn.password")}
          rules={[{ required: true, message: t("signIn.needPassword") }]}
        >
          <PasswordInput size="large" autoComplete="current-password" />
        </Field>
        {signIn.error && <Failed error={signIn.error} />}
        <Button
          type="primary"
          size="large"
          htmlType="submit"
          block
          loading={signIn.isPending}
          style={{ marginTop: 8 }}
        >
          {t("signIn.submit")}
        </Button>
      </Form>
      <p className={styles.note}>{t("signIn.forgot")}</p>
    </Door>
  );
}
