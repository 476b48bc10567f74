import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePlanChanges } from "@/api";
import type { PlanDraft } from "@/api";
import { Failed, useNames, useProject } from "@/shell";
import { Code, Empty, Input, Modal } from "@/ui";
import styles from "./data.module.css";

/** Shows parts that could be planned, as the file they would be, and brings them into force. */
export function AdoptDraft({ draft, close }: { draft: PlanDraft; close: () => void }) {
  const { t } = useTranslation(["data", "common"]);
  const names = useNames();
  const [why, setWhy] = useState("");
  const { apply } = usePlanChanges(useProject().id);
  const { yaml, ...parts } = draft;
  const events = Object.keys(parts.events);
  const properties =
    Object.keys(parts.properties).length +
    Object.keys(parts.item_properties).length +
    Object.keys(parts.person_properties).length;
  const nothing = events.length + properties === 0;
  return (
    <Modal
      open
      width={680}
      title={t("plan.adopt")}
      onCancel={close}
      okText={t("plan.adoptNow")}
      okButtonProps={{ disabled: nothing }}
      confirmLoading={apply.isPending}
      onOk={() => apply.mutate({ ...parts, why }, { onSuccess: close })}
    >
      {nothing ? (
        <Empty title={t("plan.nothingNew")} />
      ) : (
        <div style={{ display: "grid", gap: 12 }}>
          <p>
            {t("plan.adoptText", { events: events.length, properties })}{" "}
            <span className={styles.muted}>
              {events.slice(0, 8).map(names.event).join(" · ")}
              {events.length > 8 && " …"}
            </span>
          </p>
          <div className={styles.draft}>
            <Code copy={t("common:copy")} copied={t("common:copied")}>
              {yaml}
            </Code>
          </div>
          <Input
            value={why}
            onChange={(event) => setWhy(event.target.value)}
            placeholder={t("plan.why")}
            aria-label={t("plan.why")}
            maxLength={500}
          />
          {apply.error && <Failed error={apply.error} />}
        </div>
      )}
    </Modal>
  );
}
