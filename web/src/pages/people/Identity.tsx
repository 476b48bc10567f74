import { useTranslation } from "react-i18next";
import type { Person } from "@/api";
import { useFormat, useNames } from "@/shell";
import { Mark, Section } from "@/ui";
import styles from "./people.module.css";

/** What this person is known by, and the links that make it one person. */
export function Identity({ person }: { person: Person }) {
  const { t } = useTranslation("people");
  const format = useFormat();
  const names = useNames();
  return (
    <>
      <Section title={t("identifiers")} note={t("identifiersNote", { count: person.identifiers.length })}>
        <dl className={styles.facts}>
          {person.identifiers.map((each) => (
            <Pair key={`${each.type}:${each.value}`} term={names.identifier(each.type)}>
              {each.value}
              <small>
                {t("events", { count: each.events, shown: format.exact(each.events) })}
                {each.last_seen && ` · ${format.ago(each.last_seen)}`}
              </small>
            </Pair>
          ))}
        </dl>
      </Section>
      <Section title={t("why")} note={t("whyNote")}>
        {person.links.length === 0 && <p className={styles.end2}>{t("noLinks")}</p>}
        <ul>
          {person.links.map((link) => (
            <li
              key={`${link.a} ${link.b} ${link.time}`}
              className={styles.link}
              data-off={link.in_force ? undefined : ""}
            >
              <div className={styles.ends}>
                <End actor={link.a} />
                <span aria-hidden="true">↔</span>
                <End actor={link.b} />
              </div>
              <small>
                {t("linkOf", { source: names.event(link.source), time: format.stamp(link.time) })}{" "}
                {!link.in_force && <Mark tone="warn">{t("refused")}</Mark>}
              </small>
              {!link.in_force && (
                <small>
                  {link.reason?.includes(" ") || /[\u4e00-\u9fff]/.test(link.reason ?? "")
                    ? link.reason
                    : t("refusedNote")}
                </small>
              )}
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

function End({ actor }: { actor: string }) {
  const names = useNames();
  const cut = actor.indexOf(":");
  return (
    <span className={styles.end}>
      <em>{names.identifier(actor.slice(0, cut))}</em> {actor.slice(cut + 1)}
    </span>
  );
}

export function Pair({ term, children }: { term: React.ReactNode; children: React.ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}
