import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useImport, useImportPreview } from "@/api";
import type { ImportKind } from "@/api";
import { Failed, useFormat, useMayEdit, useProject } from "@/shell";
import { BoneRows, Button, FileDrop, Icon, Page, Section } from "@/ui";
import styles from "./data.module.css";
import { ImportDone } from "./ImportDone";
import { ImportHistory } from "./ImportHistory";
import { ImportMapping } from "./ImportMapping";

const KINDS: ImportKind[] = ["orders", "people", "consents", "items", "costs", "lift", "weblog", "events"];

/** A file: chosen, understood, checked by a person, loaded. */
export function Import() {
  const { t } = useTranslation("data");
  const { language } = useFormat();
  const project = useProject();
  const mayEdit = useMayEdit();
  const [kind, setKind] = useState<ImportKind>("orders");
  const [source, setSource] = useState("imports");
  const preview = useImportPreview(project.id);
  const load = useImport(project.id);
  const again = () => {
    preview.reset();
    load.reset();
  };
  return (
    <Page title={t("import.title")} lead={t("import.lead")}>
      {load.data ? (
        <ImportDone summary={load.data} again={again} />
      ) : preview.data ? (
        <>
          {preview.data.template && preview.data.template.kind !== kind && (
            <p className={styles.toolbar} role="status">
              {t("import.recognised", { title: preview.data.template[language === "en" ? "en" : "zh"] })}
              <Button
                size="small"
                onClick={() => {
                  const next = preview.data.template?.kind as ImportKind;
                  setKind(next);
                  if (preview.variables) preview.mutate({ ...preview.variables, kind: next });
                }}
              >
                {t("import.readSo")}
              </Button>
            </p>
          )}
          <ImportMapping
            key={preview.data.upload_id}
            kind={kind}
            preview={preview.data}
            back={again}
            running={load.isPending}
            error={load.error}
            source={{ name: source, change: setSource }}
            start={(mapping) =>
              load.mutate({ upload_id: preview.data.upload_id, kind, mapping: { ...mapping }, source })
            }
          />
        </>
      ) : mayEdit ? (
        <>
          <Section title={t("import.kind")}>
            <div className={styles.kinds} role="group" aria-label={t("import.kind")}>
              {KINDS.map((each) => (
                <button
                  type="button"
                  key={each}
                  className={styles.kind}
                  aria-pressed={each === kind}
                  onClick={() => setKind(each)}
                >
                  <b>{t(`import.kinds.${each}`)}</b>
                  <small>{t(`import.kindHints.${each}`)}</small>
                </button>
              ))}
            </div>
          </Section>
          {preview.isPending ? (
            <>
              <p className={styles.muted}>{t("import.reading")}</p>
              <BoneRows rows={6} />
            </>
          ) : (
            <FileDrop
              accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.parquet,.xlsx,.xls,.gz"
              showUploadList={false}
              beforeUpload={(file) => {
                preview.mutate({ file, kind });
                return false;
              }}
            >
              <Icon name="upload" size={22} />
              <p className={styles.dropText}>{t("import.drop")}</p>
              <p className={styles.muted}>{t("import.dropHint")}</p>
            </FileDrop>
          )}
          {preview.error && <Failed error={preview.error} />}
        </>
      ) : null}
      <ImportHistory />
    </Page>
  );
}
