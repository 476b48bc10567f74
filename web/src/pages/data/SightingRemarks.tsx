import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Sighting, SightingRemark } from "@/api";
import { useAddress } from "@/shell";
import { Section } from "@/ui";
import styles from "./live.module.css";

/** Why it was refused, what the plan says of it, and how it was read otherwise than it was sent. */
export function Remarks({ seen }: { seen: Sighting }) {
  const { t } = useTranslation("data");
  const address = useAddress();
  const { problem, violations, notes, plan_mode: mode, fact } = seen;
  const refused = problem !== null;
  return (
    <>
      {refused && (
        <Section title={t("live.refusedFor")}>
          <One remark={problem} wrong />
          {fact.outcome !== "unread" && (
            <p className={styles.quiet}>
              <Link to={address("/data/rejected")}>{t("live.toRejected")}</Link>
            </p>
          )}
        </Section>
      )}
      {mode !== null && fact.outcome !== "unread" && fact.outcome !== "left_out" && (
        <Section title={t("live.plan")} note={t(`live.mode.${mode}`)}>
          {violations.map((one) => (
            <One key={`${one.code} ${one.field ?? ""}`} remark={one} wrong={!one.muted} />
          ))}
          {violations.length === 0 && (
            <p className={styles.quiet}>{t(fact.outcome === "mended" ? "live.mended" : "live.asPlanned")}</p>
          )}
        </Section>
      )}
      {notes.length > 0 && (
        <Section title={t("live.notes")}>
          {notes.map((one, at) => (
            <One key={at} remark={one} />
          ))}
        </Section>
      )}
      {seen.left_out && <p className={styles.quiet}>{t("live.bot")}</p>}
    </>
  );
}

function One({ remark, wrong = false }: { remark: SightingRemark; wrong?: boolean }) {
  const { t } = useTranslation("data");
  return (
    <div className={styles.remark} data-wrong={wrong ? "" : undefined}>
      <p>
        {remark.message} {remark.muted && <em>{t("live.muted")}</em>}
      </p>
      <p className={styles.quiet}>
        {remark.hint} <code>{remark.code}</code>
      </p>
    </div>
  );
}
