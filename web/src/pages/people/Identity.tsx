import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Decision, Person, PersonLink } from "@/api";
import { useFormat, useMayEdit, useNames } from "@/shell";
import { Button, Icon, Menu, Section } from "@/ui";
import { AskWhy } from "./AskWhy";
import { Hands } from "./Hands";
import { Decide } from "./Decide";
import identity from "./identity.module.css";
import { LinkDrawing } from "./LinkDrawing";
import { hubOf } from "./link-graph";
import { LinkLine } from "./LinkLine";
import styles from "./people.module.css";

/** What this person is known by, the links that make it one person, and what can be done about them. */
export function Identity({ person, asOf }: { person: Person; asOf: string | null }) {
  const { t } = useTranslation(["people", "identity"]);
  const format = useFormat();
  const names = useNames();
  const mayEdit = useMayEdit() && !asOf;
  const [decision, setDecision] = useState<Decision>();
  const [asked, setAsked] = useState<string>();
  const strongest = person.identifiers[0];
  const called = strongest && `${strongest.type}:${strongest.value}`;
  return (
    <>
      <Section
        title={t("identifiers")}
        note={t("identifiersNote", { count: person.identifiers.length })}
        extra={
          mayEdit &&
          called && (
            <Button
              size="small"
              icon={<Icon name="link" size={14} />}
              onClick={() => setDecision({ act: "link", a: called })}
            >
              {t("identity:link")}
            </Button>
          )
        }
      >
        <dl className={styles.facts}>
          {person.identifiers.map((each) => {
            const actor = `${each.type}:${each.value}`;
            return (
              <Pair key={actor} term={names.identifier(each.type)}>
                <span className={identity.row}>
                  <span>{each.value}</span>
                  <Menu
                    trigger={["click"]}
                    menu={{
                      items: [
                        { key: "why", label: t("identity:askWhy"), onClick: () => setAsked(actor) },
                        ...(mayEdit && !each.shared && person.identifiers.length > 1
                          ? [
                              {
                                key: "split",
                                label: t("identity:split"),
                                onClick: () => setDecision({ act: "split", a: actor }),
                              },
                            ]
                          : []),
                      ],
                    }}
                  >
                    <Button
                      size="small"
                      type="text"
                      icon={<Icon name="more" size={14} />}
                      aria-label={`${t("identity:details")} ${each.value}`}
                    />
                  </Menu>
                </span>
                <small>
                  {t("events", { count: each.events, shown: format.exact(each.events) })}
                  {each.last_seen && ` · ${format.ago(each.last_seen)}`}
                  {each.shared && ` · ${t("identity:sharedDevice")}`}
                </small>
              </Pair>
            );
          })}
        </dl>
      </Section>
      {person.hands.length > 0 && (
        <Section title={t("identity:handed")} note={t("identity:handedNote")}>
          <Hands hands={person.hands} />
        </Section>
      )}
      <Section title={t("why")} note={t("whyNote")}>
        {person.links.length === 0 && <p className={styles.end2}>{t("noLinks")}</p>}
        {called && (
          <LinkDrawing
            links={person.links}
            start={hubOf(person.links, called)}
            act={mayEdit ? (link) => <Act link={link} act={setDecision} /> : undefined}
          />
        )}
        <ul>
          {person.links.map((link) => (
            <LinkLine key={`${link.a} ${link.b} ${link.received} ${link.rule}`} link={link}>
              {mayEdit && <Act link={link} act={setDecision} />}
            </LinkLine>
          ))}
        </ul>
      </Section>
      {decision && (
        <Decide
          decision={decision}
          title={t(
            decision.act === "split"
              ? "identity:splitTitle"
              : decision.act === "undo"
                ? "identity:undoTitle"
                : decision.b
                  ? "identity:relinkTitle"
                  : "identity:linkTitle",
            { a: decision.a },
          )}
          close={() => setDecision(undefined)}
        />
      )}
      {asked && <AskWhy a={asked} asOf={asOf} close={() => setAsked(undefined)} />}
    </>
  );
}

/** Undo for a link in force, link again for one that was undone or refused. */
export function Act({
  link,
  act,
}: {
  link: Pick<PersonLink, "a" | "b" | "in_force" | "rule">;
  act: (decision: Decision) => void;
}) {
  const { t } = useTranslation("identity");
  const way = link.in_force ? "undo" : "link";
  return (
    <Button size="small" type="text" onClick={() => act({ act: way, a: link.a, b: link.b })}>
      {t(link.in_force ? "undo" : "relink")}
    </Button>
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
