import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRejectedChanges } from "@/api";
import type { RejectedItem } from "@/api";
import { Failed, useProject } from "@/shell";
import { Button, TextArea, useNotify } from "@/ui";
import styles from "./data.module.css";
import { editable, readEvent } from "./mend";

/** A refused event as JSON to edit: checked against the rules as they are now, then kept as if it had come so. */
export function MendRejected({ item, close }: { item: RejectedItem; close: () => void }) {
  const { t } = useTranslation("data");
  const { message } = useNotify();
  const { mend } = useRejectedChanges(useProject().id);
  const [text, setText] = useState(() => editable(item.body));
  const [good, setGood] = useState(false);
  const read = readEvent(text);
  const act = (check: boolean) => {
    if ("wrong" in read) return;
    mend.mutate(
      { id: item.id, event: read.event, check },
      {
        onSuccess: () => {
          if (check) setGood(true);
          else {
            void message.success(t("rejected.mended"));
            close();
          }
        },
      },
    );
  };
  return (
    <>
      <TextArea
        aria-label={t("rejected.edit")}
        value={text}
        autoSize={{ minRows: 6, maxRows: 24 }}
        spellCheck={false}
        style={{ fontFamily: "ui-monospace, monospace", fontSize: 12 }}
        status={"wrong" in read ? "error" : ""}
        onChange={(change) => {
          setText(change.target.value);
          setGood(false);
          mend.reset();
        }}
      />
      <p className={styles.muted} role="status">
        {"wrong" in read
          ? t("rejected.noJson", { why: read.wrong })
          : good
            ? t("rejected.good")
            : t("rejected.mendText")}
      </p>
      {mend.error && <Failed error={mend.error} />}
      <div style={{ display: "flex", gap: 8, marginTop: 8 }}>
        <Button
          size="small"
          type="primary"
          disabled={"wrong" in read}
          loading={mend.isPending}
          onClick={() => act(false)}
        >
          {t("rejected.send")}
        </Button>
        <Button size="small" disabled={"wrong" in read || mend.isPending} onClick={() => act(true)}>
          {t("rejected.check")}
        </Button>
        <Button size="small" type="text" onClick={close}>
          {t("rejected.leave")}
        </Button>
      </div>
    </>
  );
}
