import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useConnectorChanges } from "@/api";
import { Failed, useProject } from "@/shell";
import { Field, Form, Input, Modal, Segmented } from "@/ui";

/** From when on a connector is read again. */
export function ReadAgain({ name, close }: { name: string; close: () => void }) {
  const { t } = useTranslation("data");
  const { again } = useConnectorChanges(useProject().id);
  const [all, setAll] = useState<"all" | "since">("all");
  const [day, setDay] = useState("");
  const since = all === "since" && day ? new Date(`${day}T00:00:00`).getTime() : null;
  return (
    <Modal
      open
      title={t("connectors.againTitle", { name })}
      onCancel={close}
      onOk={() => again.mutate({ name, since }, { onSuccess: close })}
      okText={t("connectors.againGo")}
      okButtonProps={{ disabled: all === "since" && !day }}
      confirmLoading={again.isPending}
      width={420}
    >
      <p style={{ marginBottom: 12 }}>{t("connectors.againText")}</p>
      <Form layout="vertical" requiredMark={false}>
        <Field>
          <Segmented<"all" | "since">
            value={all}
            onChange={setAll}
            options={[
              { value: "all", label: t("connectors.againAll") },
              { value: "since", label: t("connectors.againSince") },
            ]}
          />
        </Field>
        {all === "since" && (
          <Field label={t("connectors.againSince")} htmlFor="again-day">
            <Input id="again-day" type="date" value={day} onChange={(event) => setDay(event.target.value)} />
          </Field>
        )}
      </Form>
      {again.error && <Failed error={again.error} />}
    </Modal>
  );
}
