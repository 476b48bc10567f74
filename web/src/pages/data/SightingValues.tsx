import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Sighting, SightingValue } from "@/api";
import { useNames } from "@/shell";
import { List, Section } from "@/ui";
import styles from "./live.module.css";

/** Every value as it is kept, with what it was sent as and what made it so; and what is worked out of them. */
export function Values({ seen }: { seen: Sighting }) {
  const { t } = useTranslation("data");
  const words = [...seen.words, seen.own_words ? t("live.ownWords") : t("live.protocolWords")];
  return (
    <>
      {seen.fact.outcome === "left_out" && (
        <p className={styles.quiet}>{t("live.leftOut", { by: words[0] })}</p>
      )}
      {seen.would && <p className={styles.quiet}>{t("live.would")}</p>}
      {seen.facts.map((fact) => (
        <Section
          key={fact.id}
          title={fact.name.startsWith("$") ? t(`live.facts.${factKind(fact.name)}`) : t("live.properties")}
          note={seen.fact.sent_as ? words.join(" · ") : undefined}
        >
          <Table
            values={fact.properties}
            added={seen.added.filter((one) => one.item === null)}
            fact={fact.name}
          />
          {fact.items.map((item, at) => (
            <div key={at} className={styles.item}>
              <p className={styles.quiet}>{t("live.item", { number: at + 1 })}</p>
              <Table values={item} added={seen.added.filter((one) => one.item === at)} fact={fact.name} />
            </div>
          ))}
        </Section>
      ))}
      {seen.dropped.length > 0 && (
        <p className={styles.quiet}>
          {t("live.dropped")}{" "}
          {seen.dropped.map((one) => (
            <code key={one.name} title={one.by.join(" · ")}>
              {one.name}{" "}
            </code>
          ))}
        </p>
      )}
    </>
  );
}

function Line({ value, from }: { value: Pick<SightingValue, "name" | "value" | "kind">; from: ReactNode }) {
  const { t } = useTranslation("data");
  const names = useNames();
  return (
    <tr>
      <td>
        <Named name={value.name} title={names.property(value.name)} />
      </td>
      <td>
        <div className={styles.value}>{shown(value.value)}</div>
      </td>
      <td data-tight data-wide>
        {t(`dictionary.kind.${value.kind}`)}
      </td>
      <td>{from}</td>
    </tr>
  );
}

function Table({ values, added, fact }: { values: SightingValue[]; added: Sighting["added"]; fact: string }) {
  const { t, i18n } = useTranslation("data");
  const own = fact.startsWith("$");
  if (values.length === 0 && (own || added.length === 0))
    return <p className={styles.quiet}>{t("live.noProperties")}</p>;
  return (
    <List
      label={t("live.properties")}
      head={
        <>
          <th>{t("live.property")}</th>
          <th>{t("live.value")}</th>
          <th data-wide>{t("live.type")}</th>
          <th>{t("live.from")}</th>
        </>
      }
    >
      {values.map((one) => (
        <Line key={one.name} value={one} from={<From value={one} />} />
      ))}
      {!own &&
        added.map((one) => (
          <Line
            key={`+${one.name}`}
            value={one}
            from={
              <span className={styles.from}>
                {t("live.workedOut", { by: i18n.language === "en" ? one.title.en : one.title.zh })}
              </span>
            }
          />
        ))}
    </List>
  );
}

function Named({ name, title }: { name: string; title: string }) {
  return (
    <>
      {title !== name && <>{title} </>}
      <code className={styles.from}>{name}</code>
    </>
  );
}

function From({ value }: { value: SightingValue }) {
  const { t } = useTranslation("data");
  const { made, name, sent_name: sent, by } = value;
  const other = sent !== null && sent !== name;
  const before =
    value.sent_value !== null && JSON.stringify(value.sent_value) !== JSON.stringify(value.value)
      ? shown(value.sent_value)
      : null;
  return (
    <span className={styles.from} title={by.join(" · ") || undefined}>
      {other && (
        <>
          <code>{sent}</code>{" "}
        </>
      )}
      {(made === "plan" || (made === "words" && before !== null)) && before !== null && (
        <>
          <code>{before}</code>{" "}
        </>
      )}
      {made === "sent" ? (other ? "" : t("live.made.sent")) : t(`live.made.${made}`)}
    </span>
  );
}

function factKind(name: string) {
  const kinds = ["set", "set_once", "add", "append", "unset", "consent"] as const;
  return kinds.find((one) => `$${one}` === name) ?? "set";
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
