import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { ImportSummary } from "@/api";
import { useAddress, useFormat } from "@/shell";
import { Button, Figure, Section } from "@/ui";
import styles from "./data.module.css";
import { ImportProblems } from "./ImportProblems";

export function ImportDone({ summary, again }: { summary: ImportSummary; again: () => void }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const address = useAddress();
  const go = useNavigate();
  const span =
    summary.first_time && summary.last_time
      ? t("import.span", { from: format.dayOf(summary.first_time), to: format.dayOf(summary.last_time) })
      : undefined;
  return (
    <>
      <Section title={t("import.done")} note={span}>
        <div className={styles.figures}>
          <Figure label={t("import.result.rows")} value={format.exact(summary.rows)} />
          <Figure label={t("import.result.added")} value={format.exact(summary.facts - summary.duplicates)} />
          <Figure label={t("import.result.duplicates")} value={format.exact(summary.duplicates)} />
          <Figure label={t("import.result.rejected")} value={format.exact(summary.rejected)} />
        </div>
        <div className={styles.toolbar} style={{ marginTop: 16 }}>
          <Button type="primary" onClick={() => void go(address("/home"))}>
            {t("import.seeHome")}
          </Button>
          {summary.rejected > 0 && (
            <Button onClick={() => void go(address("/data/rejected"))}>{t("import.seeRejected")}</Button>
          )}
          <Button onClick={again}>{t("import.again")}</Button>
        </div>
      </Section>
      <ImportProblems problems={summary.problems} done />
    </>
  );
}
