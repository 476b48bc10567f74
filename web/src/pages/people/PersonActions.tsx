import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { exportAddress, useErase } from "@/api";
import { Failed, useAddress, useProject } from "@/shell";
import { Button, Checkbox, Field, Form, Icon, Input, Modal, useNotify } from "@/ui";

/** What an owner can do with all that is known of a person: hand it over, or erase it. */
export function PersonActions({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation("people");
  const project = useProject();
  const [erasing, setErasing] = useState(false);
  if (project.role !== "owner") return null;
  return (
    <>
      <Button href={exportAddress(project.id, id)} download icon={<Icon name="download" size={14} />}>
        {t("privacy.export")}
      </Button>
      <Button danger onClick={() => setErasing(true)}>
        {t("privacy.erase")}
      </Button>
      {erasing && <Erase id={id} name={name} close={() => setErasing(false)} />}
    </>
  );
}

interface Wish {
  reason: string;
  suppress: boolean;
  confirm: string;
}

function Erase({ id, name, close }: { id: string; name: string; close: () => void }) {
  const { t } = useTranslation("people");
  const project = useProject();
  const erase = useErase(project.id);
  const go = useNavigate();
  const address = useAddress();
  const { message } = useNotify();
  const [form] = Form.useForm<Wish>();
  const meant = Form.useWatch("confirm", form) === project.id;
  return (
    <Modal
      open
      title={t("privacy.sure", { name })}
      onCancel={close}
      onOk={form.submit}
      okText={t("privacy.erase")}
      okButtonProps={{ danger: true, disabled: !meant }}
      confirmLoading={erase.isPending}
      width={480}
    >
      <p style={{ marginBottom: 12 }}>{t("privacy.sureText")}</p>
      <Form<Wish>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ reason: "", suppress: false, confirm: "" }}
        onFinish={({ reason, suppress }) =>
          erase.mutate(
            { person: id, reason, suppress },
            {
              onSuccess: () => {
                void message.success(t("privacy.asked"));
                void go(address("/settings/privacy"));
              },
            },
          )
        }
      >
        <Field name="reason" label={t("privacy.reason")} extra={t("privacy.reasonHint")}>
          <Input maxLength={500} />
        </Field>
        <Field name="suppress" valuePropName="checked">
          <Checkbox>{t("privacy.suppress")}</Checkbox>
        </Field>
        <Field name="confirm" label={t("privacy.confirm", { id: project.id })}>
          <Input autoComplete="off" spellCheck={false} />
        </Field>
      </Form>
      {erase.error && <Failed error={erase.error} />}
    </Modal>
  );
}
