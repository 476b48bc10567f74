import { useTranslation } from "react-i18next";
import { useSession, useUserChanges } from "@/api";
import type { Role, UserForm as Values, UserRow } from "@/api";
import { Failed } from "@/shell";
import { Checkbox, Field, Form, Input, Modal, PasswordInput, Select } from "@/ui";
import styles from "./settings.module.css";

const ROLES: Role[] = ["owner", "editor", "viewer"];
interface Fields extends Omit<Values, "roles"> {
  roles: Record<string, Role | "">;
}

/** Adds a person, or changes what one may do. */
export function UserForm({
  user,
  close,
  done,
}: {
  user: UserRow | null;
  close: () => void;
  done: (user: UserRow) => void;
}) {
  const { t } = useTranslation(["settings", "common"]);
  const { create, change } = useUserChanges();
  const session = useSession();
  const [form] = Form.useForm<Fields>();
  const running = user ? change : create;
  const finish = (fields: Fields) => {
    const roles = Object.fromEntries(
      Object.entries({ ...user?.roles, ...fields.roles }).filter(([, role]) => role),
    ) as Record<string, Role>;
    const onSuccess = (made: UserRow) => {
      done(made);
      close();
    };
    const { name, email, admin, password } = fields;
    if (user) change.mutate({ id: user.id, name, admin: admin ?? false, roles }, { onSuccess });
    else
      create.mutate(
        { name, email, admin: admin ?? false, roles, ...(password ? { password } : {}) },
        { onSuccess },
      );
  };
  const options = [
    { value: "", label: t("users.none") },
    ...ROLES.map((role) => ({
      value: role,
      label: t(`users.role.${role}`),
      title: t(`users.roleHint.${role}`),
    })),
  ];
  return (
    <Modal
      open
      title={user ? user.name : t("users.add")}
      onCancel={close}
      onOk={form.submit}
      okText={t(user ? "common:save" : "common:add")}
      confirmLoading={running.isPending}
      width={460}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={user ? { ...user } : { admin: false, roles: {} }}
        onFinish={finish}
      >
        <Field
          name="name"
          label={t("users.name")}
          rules={[{ required: true, whitespace: true, message: t("common:needed") }]}
        >
          <Input autoComplete="off" />
        </Field>
        {!user && (
          <>
            <Field
              name="email"
              label={t("users.email")}
              rules={[
                { required: true, message: t("common:needed") },
                { type: "email", message: t("common:badEmail") },
              ]}
            >
              <Input autoComplete="off" />
            </Field>
            <Field
              name="password"
              label={t("users.password")}
              extra={t("users.passwordHint")}
              rules={[{ min: 8, message: t("me.newHint") }]}
            >
              <PasswordInput autoComplete="new-password" />
            </Field>
          </>
        )}
        <Field label={t("users.roles")}>
          {session.data?.projects.map((project) => (
            <div key={project.id} className={styles.roleRow}>
              <span>{project.name}</span>
              <Field name={["roles", project.id]} noStyle>
                <Select options={options} placeholder={t("users.none")} aria-label={project.name} />
              </Field>
            </div>
          ))}
        </Field>
        <Field name="admin" valuePropName="checked" extra={t("users.adminHint")}>
          <Checkbox>{t("users.admin")}</Checkbox>
        </Field>
      </Form>
      {running.error && <Failed error={running.error} />}
    </Modal>
  );
}
