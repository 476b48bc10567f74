import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSourceChanges } from "@/api";
import type { Source } from "@/api";
import { Failed, useProject } from "@/shell";
import { Button, Input } from "@/ui";
import styles from "./data.module.css";

/** The keys that clients already hold from another vendor: for SDKs whose address is a host name alone. */
export function VendorKeys({ source }: { source: Source }) {
  const { t } = useTranslation(["data", "common"]);
  const { change } = useSourceChanges(useProject().id);
  const kept = (source.vendor_keys ?? []).join("\n");
  const [text, setText] = useState(kept);
  const keys = text.split(/\s+/u).filter(Boolean);
  return (
    <div>
      <h4>{t("sources.vendor.keys")}</h4>
      <p className={styles.muted}>{t("sources.vendor.keysNote")}</p>
      <div className={styles.vendorKeys}>
        <Input.TextArea
          aria-label={t("sources.vendor.keys")}
          autoSize={{ minRows: 1, maxRows: 6 }}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <Button
          disabled={keys.join("\n") === kept}
          loading={change.isPending}
          onClick={() => change.mutate({ id: source.id, vendor_keys: keys })}
        >
          {t("common:save")}
        </Button>
      </div>
      {change.error && <Failed error={change.error} />}
    </div>
  );
}
