import { useTranslation } from "react-i18next";
import type { SuggestionRun } from "@/api";
import { useFormat, useLanguage } from "@/shell";
import { List, Section } from "@/ui";
import styles from "./suggestions.module.css";

/** By which fields people were compared, how many have each, and what each degree of likeness weighs. */
export function Compared({ run }: { run: SuggestionRun }) {
  const { t } = useTranslation("identity");
  const format = useFormat();
  const language = useLanguage() === "en" ? "en" : "zh";
  return (
    <Section title={t("suggest.how")} note={t(run.learned.length > 0 ? "suggest.learned" : "suggest.usual")}>
      <List
        label={t("suggest.how")}
        head={
          <>
            <th>{t("suggest.field")}</th>
            <th data-wide>{t("suggest.read")}</th>
            <th data-right>{t("suggest.people")}</th>
            <th>{t("suggest.weights")}</th>
          </>
        }
      >
        {run.fields.map((field) => (
          <tr key={field.field}>
            <td>{field.title[language]}</td>
            <td data-wide>
              <code className={styles.quiet}>{field.source?.replace(/:$/, "") ?? "–"}</code>
            </td>
            <td data-right>{format.exact(field.people)}</td>
            <td>
              {field.left_out ? (
                <span className={styles.quiet}>{t(`suggest.left.${field.left_out}`)}</span>
              ) : (
                field.weights.map((one) => (
                  <span key={one.level} className={styles.level}>
                    {one.title[language]}{" "}
                    <b>{`${one.weight < 0 ? "−" : "+"}${Math.abs(one.weight).toFixed(1)}`}</b>
                  </span>
                ))
              )}
            </td>
          </tr>
        ))}
      </List>
    </Section>
  );
}
