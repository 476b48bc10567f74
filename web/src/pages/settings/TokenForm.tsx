import { useTranslation } from "react-i18next";
import { useSession, useTokenChanges } from "@/api";
import { Failed } from "@/shell";
import { Field, Form, Input, Modal, Select } from "@/ui";

const SCOPES = ["read", "write", "admin"] as const;
type TokenScope = (typeof SCOPES)[number];
const DAYS = [30, 90, 365];

/** The scope that holds all others a token has. */
export function strongest(scopes: string[]): TokenScope {
  return SCOPES.findLast((scope) => scopes.includes(scope)) ?? "read";
}

interface Fields {
  name: string;
  scope: TokenScope;
  project: string;
  days: number;
}

export function TokenForm({ close, done }: { close: () => void; done: (token: string) => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const session = useSession();
  const { create } = useTokenChanges();
  const [form] = Form.useForm<Fields>();
  const finish = ({ name, scope, project, days }: Fields) =>
    create.mutate(
      { name, scopes: [scope], ...(project ? { project } : {}), ...(days ? { expires_days: days } : {}) },
      {
        onSuccess: (made) => {
          done(made.token);
          close();
        },
      },
    );
  return (
    <Modal
      open
      title={t("tokens.add")}
      onCancel={close}
      onOk={form.submit}
      okText={t("tokens.add")}
      confirmLoading={create.isPending}
      width={440}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ scope: "read", project: "", days: 90 }}
        onFinish={finish}
      >
        <Field
          name="name"
          label={t("tokens.name")}
          rules={[{ required: true, whitespace: true, message: t("common:needed") }]}
        >
          <Input placeholder={t("tokens.namePlaceholder")} />
        </Field>
        <Field name="scope" label={t("tokens.scope")}>
          <Select options={SCOPES.map((value) => ({ value, label: t(`tokens.scopes.${value}`) }))} />
        </Field>
        <Field name="project" label={t("tokens.project")}>
          <Select
            options={[
              { value: "", label: t("tokens.all") },
              ...(session.data?.projects ?? []).map((each) => ({ value: each.id, label: each.name })),
            ]}
          />
        </Field>
        <Field name="days" label={t("tokens.expires")}>
          <Select
            options={[
              ...DAYS.map((count) => ({ value: count, label: t("tokens.days", { count }) })),
              { value: 0, label: t("tokens.never") },
            ]}
          />
        </Field>
      </Form>
      {create.error && <Failed error={create.error} />}
    </Modal>
  );
}
