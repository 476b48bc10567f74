import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSighting } from "@/api";
import type { LiveFact, Sighting } from "@/api";
import { Failed, useAddress, useFormat, useNames, useProject } from "@/shell";
import { BoneRows, Button, Code, Drawer, Section } from "@/ui";
import { Remarks } from "./SightingRemarks";
import { Values } from "./SightingValues";
import styles from "./live.module.css";

/** What became of an event; one that was only judged, or had come before, says so. */
export function outcomeOf(fact: LiveFact) {
  return fact.dry ? ("dry" as const) : fact.repeated ? ("repeated" as const) : fact.outcome;
}

/** How one event was understood, from what was sent to whose it is. */
export function SightingDrawer({
  fact,
  close,
  follow,
}: {
  fact: LiveFact | null;
  close: () => void;
  follow: (who: string) => void;
}) {
  const { t } = useTranslation("data");
  const names = useNames();
  return (
    <Drawer
      open={fact !== null}
      onClose={close}
      size={680}
      mask={false}
      title={fact && (fact.name ? names.event(fact.name) : t("live.unread"))}
      extra={fact?.actor && <Button onClick={() => follow(fact.actor)}>{t("live.followDevice")}</Button>}
      destroyOnHidden
    >
      {fact && <Inside fact={fact} />}
    </Drawer>
  );
}

function Inside({ fact }: { fact: LiveFact }) {
  const { t } = useTranslation("data");
  const project = useProject().id;
  const format = useFormat();
  const names = useNames();
  const found = useSighting(project, fact.id);
  return (
    <>
      <p className={styles.line}>
        <span className={styles.outcome} data-outcome={outcomeOf(fact)}>
          {t(`live.outcome.${outcomeOf(fact)}`)}
        </span>
        {fact.sent_as && (
          <span>
            <code>{fact.sent_as}</code> → <code>{fact.name}</code>
          </span>
        )}
        <span>{format.clock(fact.received, true)}</span>
        <span>{names.source(fact.source)}</span>
        <span>{fact.protocol}</span>
      </p>
      {found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : !found.data ? (
        <BoneRows rows={8} />
      ) : (
        <Whole seen={found.data} />
      )}
    </>
  );
}

function Whole({ seen }: { seen: Sighting }) {
  return (
    <>
      <Remarks seen={seen} />
      <Values seen={seen} />
      <Whose seen={seen} />
      <Sent seen={seen} />
    </>
  );
}

function Whose({ seen }: { seen: Sighting }) {
  const { t } = useTranslation("data");
  const address = useAddress();
  const { person, links, facts } = seen;
  if (facts.length === 0) return null;
  return (
    <Section title={t("live.who")}>
      <p className={styles.line}>
        <code>{facts[0]!.actor}</code>
        {person ? (
          <Link to={address(`/people/${encodeURIComponent(person.id)}`)}>
            {t("live.person", { id: person.id, count: person.identifiers.length })}
          </Link>
        ) : (
          <span>{t("live.noPerson")}</span>
        )}
      </p>
      {links.map((link) => (
        <p key={`${link.a} ${link.b}`} className={styles.line}>
          <span>{t("live.link")}</span>
          <code>{link.a}</code>
          <span aria-hidden="true">↔</span>
          <code>{link.b}</code>
        </p>
      ))}
      {links.length === 0 && <p className={styles.quiet}>{t("live.noLinks")}</p>}
    </Section>
  );
}

function Sent({ seen }: { seen: Sighting }) {
  const { t } = useTranslation(["data", "common"]);
  const format = useFormat();
  const { request } = seen;
  const words = { copy: t("common:copy"), copied: t("common:copied") };
  return (
    <Section title={t("live.sent")}>
      <p className={styles.line}>
        <code>
          {request.method} {request.path}
        </code>
        <span>{t("live.bytes", { shown: format.exact(request.bytes) })}</span>
        <span>{t("live.events", { count: request.events })}</span>
      </p>
      {Object.entries(request.headers).map(([name, value]) => (
        <p key={name} className={styles.header}>
          <span>{name}</span> <code>{value}</code>
        </p>
      ))}
      {request.withheld ? (
        <p className={styles.quiet}>{t(`live.withheld.${request.withheld}`)}</p>
      ) : (
        <Code {...words}>
          {typeof request.body === "string" ? request.body : JSON.stringify(request.body, null, 2)}
        </Code>
      )}
      {seen.sent !== null && request.events > 1 && (
        <>
          <p className={styles.quiet}>{t("live.thisOne")}</p>
          <Code {...words}>{JSON.stringify(seen.sent, null, 2)}</Code>
        </>
      )}
    </Section>
  );
}
