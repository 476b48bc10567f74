import { useTranslation } from "react-i18next";
import type { Person } from "@/api";
import { useFormat, useNames } from "@/shell";
import { Section } from "@/ui";
import { Pair } from "./Identity";
import styles from "./people.module.css";
import { useValueText } from "./value";

export function Properties({ person }: { person: Person }) {
  const { t } = useTranslation("people");
  const format = useFormat();
  const text = useValueText();
  const names = useNames();
  const entries = Object.entries(person.properties);
  return (
    <Section title={t("properties")}>
      {entries.length === 0 ? (
        <p className={styles.end2}>{t("noProperties")}</p>
      ) : (
        <dl className={styles.facts}>
          {entries.map(([name, property]) => (
            <Pair key={name} term={names.property(name)}>
              <span title={property.time ? t("since", { time: format.stamp(property.time) }) : undefined}>
                {text(name, property.value)}
              </span>
            </Pair>
          ))}
        </dl>
      )}
    </Section>
  );
}
