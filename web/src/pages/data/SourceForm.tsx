import { useTranslation } from "react-i18next";
import { useSourceChanges } from "@/api";
import type { Source } from "@/api";
import { Failed, useProject } from "@/shell";
import { Field, Form, Input, Modal, Select } from "@/ui";
import { SOURCE_KINDS, useSourceKind } from "./kinds";

/** Adds a source, or renames one. */
export function SourceForm({
  source,
  close,
  added,
}: {
  source?: Source;
  close: () => void;
  added?: (source: Source) => void;
}) {
  const { t } = useTranslation(["data", "common"]);
  const kind = useSourceKind();
  const [form] = Form.useForm<{ name: string; kind: string }>();
  const { create, change } = useSourceChanges(useProject().id);
  const running = source ? change : create;
  const finish = (values: { name: string; kind: string }) => {
    if (source) change.mutate({ id: source.id, name: values.name }, { onSuccess: close });
    else
      create.mutate(values, {
        onSuccess: (made) => {
          added?.(made);
          close();
        },
      });
  };
  return (
    <Modal
      open
      title={source ? t("sources.rename") : t("sources.add")}
      onCancel={close}
      onOk={form.submit}
      okText={source ? t("common:save") : t("common:add")}
      confirmLoading={running.isPending}
      width={420}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: source?.name ?? "", kind: source?.kind ?? "mini_program" }}
        onFinish={finish}
      >
        <Field
          name="name"
          label={t("sources.name")}
          rules={[{ required: true, whitespace: true, message: t("common:needed") }]}
        >
          <Input placeholder={t("sources.placeholder")} maxLength={200} />
        </Field>
        {!source && (
          <Field name="kind" label={t("sources.kind")}>
            <Select options={SOURCE_KINDS.map((value) => ({ value, label: kind(value) }))} />
          </Field>
        )}
      </Form>
      {running.error && <Failed error={running.error} />}
    </Modal>
  );
}
