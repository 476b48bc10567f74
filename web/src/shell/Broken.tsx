import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { ProblemNote } from "@/ui";
import styles from "./broken.module.css";

/** A page that broke while it was drawn: what it said, and a way to load it again. */
export function Broken() {
  const { t } = useTranslation("shell");
  const error = useRouteError();
  return (
    <main className={styles.broken}>
      <ProblemNote
        message={t("broken.message")}
        hint={t("broken.hint")}
        code={error instanceof Error ? error.message : String(error)}
        got={null}
        retry={() => window.location.reload()}
        texts={{ retry: t("broken.retry"), got: "" }}
      />
    </main>
  );
}
