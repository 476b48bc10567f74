import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useProtocols } from "@/api";
import type { Protocol, Source } from "@/api";
import { useFormat, useLanguage, useMayEdit, useProject } from "@/shell";
import { Button, Code, Section, Tabs } from "@/ui";
import { VendorKeys } from "./VendorKeys";
import styles from "./data.module.css";
import { filled, snippet } from "./snippets";
import type { SnippetLanguage } from "./snippets";
import { WordsDrawer } from "./words/WordsDrawer";

const LANGUAGES: { key: SnippetLanguage; label: string }[] = [
  { key: "curl", label: "curl" },
  { key: "javascript", label: "JavaScript" },
  { key: "python", label: "Python" },
];

/** How events get to a source: our own way, or by changing one address in the SDK a shop already ships. */
export function Snippets({ source }: { source: Source }) {
  const { t } = useTranslation(["data", "common"]);
  const { name } = source;
  const language = useLanguage();
  const format = useFormat();
  const protocols = useProtocols(useProject().id);
  const vendors = protocols.data?.filter((protocol) => protocol.clients.length > 0) ?? [];
  const key = source.write_key ?? "…";
  const say = (text: { en: string; zh: string }) => (language === "en" ? text.en : text.zh);
  return (
    <Section title={t("sources.send")} note={t("sources.sendNote", { name })}>
      <Tabs
        items={[
          ...(["web", "mp"] as const).map((own) => ({
            key: own as string,
            label: t(`sources.sdk.${own}`),
            children: <Copied code={snippet(own, location.origin, key, language === "en" ? "en" : "zh")} />,
          })),
          ...LANGUAGES.map(({ key: own, label }) => ({
            key: own as string,
            label,
            children: <Copied code={snippet(own, location.origin, key, language === "en" ? "en" : "zh")} />,
          })),
          ...vendors.map((vendor) => ({
            key: vendor.name,
            label: say(vendor.title),
            children: <Vendor key={source.id} vendor={vendor} source={source} say={say} />,
          })),
        ]}
      />
      <p
        className={styles.state}
        data-on={source.last_event_at ? "" : undefined}
        style={{ marginTop: 12 }}
        aria-live="polite"
      >
        {!source.last_event_at
          ? t("sources.waiting", { name })
          : format.isRecent(source.last_event_at)
            ? t("sources.arrived", { name })
            : t("sources.lastCame", { name, ago: format.ago(source.last_event_at) })}
      </p>
    </Section>
  );
}

function Vendor({
  vendor,
  source,
  say,
}: {
  vendor: Protocol;
  source: Source;
  say: (text: { en: string; zh: string }) => string;
}) {
  const { t } = useTranslation("data");
  const mayEdit = useMayEdit();
  const [words, setWords] = useState(false);
  return (
    <div className={styles.vendor}>
      <p>{t("sources.vendor.lead", { vendor: say(vendor.title) })}</p>
      {vendor.clients.map((client) => (
        <div key={client.title.en}>
          <h4>{say(client.title)}</h4>
          <Copied code={filled(client.code, location.origin, source.write_key ?? "…")} />
        </div>
      ))}
      {mayEdit && <VendorKeys source={source} />}
      {mayEdit && (
        <div>
          <h4>{t("words.heading")}</h4>
          <p className={styles.muted}>
            {t(source.vocabularies.includes(vendor.name) ? "words.own" : "words.shipped")}
          </p>
          <Button onClick={() => setWords(true)}>{t("words.open")}</Button>
        </div>
      )}
      {words && (
        <WordsDrawer
          source={source}
          protocol={vendor.name}
          title={say(vendor.title)}
          close={() => setWords(false)}
        />
      )}
    </div>
  );
}

function Copied({ code }: { code: string }) {
  const { t } = useTranslation("common");
  return (
    <Code copy={t("copy")} copied={t("copied")}>
      {code}
    </Code>
  );
}
