import { useTranslation } from "react-i18next";
import type { WordsTrial } from "@/api";
import { useFormat } from "@/shell";
import { Code } from "@/ui";
import styles from "../data.module.css";

type Tried = WordsTrial["events"][number];

/** What arrived lately, as it is kept now and as it would be. */
export function Trial({ trial }: { trial: WordsTrial | undefined }) {
  const { t } = useTranslation(["data", "common"]);
  const format = useFormat();
  if (!trial || trial.arrived === 0) return <p className={styles.muted}>{t("words.nothing")}</p>;
  const changed = trial.events.filter((event) => event.changed);
  const shown = changed.length > 0 ? changed : trial.events.slice(0, 3);
  return (
    <>
      {shown.map((event, index) => (
        <section key={index} className={styles.tried}>
          <h4>
            <code>{event.sent || t("words.noName")}</code>{" "}
            <span className={styles.muted}>{format.ago(event.received)}</span>
          </h4>
          <div className={styles.triedSides}>
            <Side title={t("words.now")} outcome={event.now} />
            {event.changed && <Side title={t("words.then")} outcome={event.then} />}
          </div>
        </section>
      ))}
    </>
  );
}

function Side({ title, outcome }: { title: string; outcome: Tried["now"] }) {
  const { t } = useTranslation(["data", "common"]);
  const text = outcome.refused
    ? t("words.refused", { code: outcome.refused })
    : outcome.facts.length === 0
      ? t("words.leftOut")
      : outcome.facts.map((fact) => JSON.stringify(fact, null, 2)).join("\n");
  return (
    <div>
      <h5>{title}</h5>
      <Code copy={t("common:copy")} copied={t("common:copied")}>
        {text}
      </Code>
    </div>
  );
}
