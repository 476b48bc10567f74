import { useTranslation } from "react-i18next";
import type { ImportProblem } from "@/api";
import { Section } from "@/ui";
import styles from "./data.module.css";

export function ImportProblems({ problems, done = false }: { problems: ImportProblem[]; done?: boolean }) {
  const { t } = useTranslation("data");
  if (problems.length === 0) return null;
  return (
    <Section title={t(done ? "import.refused" : "import.problems")}>
      <ul>
        {problems.slice(0, 20).map((problem, index) => (
          <li key={index} className={styles.problem}>
            {problem.row !== null && (
              <span className={styles.muted}>{t("import.problemRow", { row: problem.row })} </span>
            )}
            {problem.message} <code className={styles.muted}>{problem.code}</code>
            {problem.hint && <small>{problem.hint}</small>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
