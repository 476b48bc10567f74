import { useTranslation } from "react-i18next";
import { useImports } from "@/api";
import type { ImportKind } from "@/api";
import { Failed, useFormat, useProject } from "@/shell";
import { BoneRows, List, Mark, Section } from "@/ui";
import styles from "./data.module.css";

export function ImportHistory() {
  const { t } = useTranslation("data");
  const format = useFormat();
  const imports = useImports(useProject().id);
  return (
    <Section title={t("import.history")}>
      {imports.error ? (
        <Failed error={imports.error} retry={() => void imports.refetch()} />
      ) : !imports.data ? (
        <BoneRows rows={3} />
      ) : imports.data.length === 0 ? (
        <p className={styles.muted} style={{ paddingTop: 8 }}>
          {t("import.noHistory")}
        </p>
      ) : (
        <List
          label={t("import.history")}
          head={
            <>
              <th>{t("import.file")}</th>
              <th data-wide>{t("import.kind")}</th>
              <th data-right>{t("import.result.added")}</th>
              <th data-right data-wide>
                {t("import.result.duplicates")}
              </th>
              <th data-right>{t("import.result.rejected")}</th>
              <th data-wide>{t("import.by")}</th>
              <th data-right>{t("import.when")}</th>
            </>
          }
        >
          {imports.data.map((past) => (
            <tr key={past.id}>
              <td>{past.file}</td>
              <td data-wide>{t(`import.kinds.${past.kind as ImportKind}`, { defaultValue: past.kind })}</td>
              <td data-right>
                {past.error ? (
                  <Mark tone="loss" title={past.error}>
                    {t("import.failed")}
                  </Mark>
                ) : past.result ? (
                  format.exact(past.result.facts - past.result.duplicates)
                ) : (
                  t("import.runningShort")
                )}
              </td>
              <td data-right data-wide>
                {format.exact(past.result?.duplicates)}
              </td>
              <td data-right>{format.exact(past.result?.rejected)}</td>
              <td data-wide>{past.by ?? "–"}</td>
              <td data-right>{format.ago(past.finished_at ?? past.started_at)}</td>
            </tr>
          ))}
        </List>
      )}
    </Section>
  );
}
