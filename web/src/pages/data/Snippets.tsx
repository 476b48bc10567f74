import { useTranslation } from "react-i18next";
import type { Source } from "@/api";
import { Code, Section, Tabs } from "@/ui";
import styles from "./data.module.css";
import { snippet } from "./snippets";
import type { SnippetLanguage } from "./snippets";

const LANGUAGES: { key: SnippetLanguage; label: string }[] = [
  { key: "curl", label: "curl" },
  { key: "javascript", label: "JavaScript" },
  { key: "python", label: "Python" },
];

export function Snippets({ source }: { source: Source }) {
  const { t } = useTranslation(["data", "common"]);
  const { name } = source;
  return (
    <Section title={t("sources.send")} note={t("sources.sendNote", { name })}>
      <Tabs
        items={LANGUAGES.map(({ key, label }) => ({
          key,
          label,
          children: (
            <Code copy={t("common:copy")} copied={t("common:copied")}>
              {snippet(key, location.origin, source.write_key ?? "…")}
            </Code>
          ),
        }))}
      />
      <p
        className={styles.state}
        data-on={source.last_event_at ? "" : undefined}
        style={{ marginTop: 12 }}
        aria-live="polite"
      >
        {t(source.last_event_at ? "sources.arrived" : "sources.waiting", { name })}
      </p>
    </Section>
  );
}
