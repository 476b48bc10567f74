import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useLive } from "@/api";
import { useAddress, useFormat, useNames, useProject } from "@/shell";
import { Bone, Section } from "@/ui";
import styles from "./home.module.css";

const KEPT = new Set(["kept", "mended", "violates"]);

/** The shop's heartbeat: events a minute and the last few by name. */
export function Pulse() {
  const { t } = useTranslation("home");
  const live = useLive(useProject().id, 60);
  const facts = live.facts
    .filter((fact) => KEPT.has(fact.outcome) && !fact.repeated && !fact.name.startsWith("$"))
    .slice(0, 7);
  const format = useFormat();
  const names = useNames();
  const address = useAddress();
  const most = Math.max(1, ...(live.perMinute ?? []));
  return (
    <Section
      title={t("pulse")}
      note={t("pulseNote")}
      extra={<Link to={address("/data/live")}>{t("seeAll")}</Link>}
    >
      {live.perMinute ? (
        <div className={styles.pulse} role="img" aria-label={t("pulseLabel")}>
          {live.perMinute.map((count, minute) => (
            <span key={minute} style={{ height: `${(count / most) * 100}%` }} />
          ))}
        </div>
      ) : (
        <Bone h={48} style={{ marginTop: 8 }} />
      )}
      <div className={styles.pulseFoot}>
        <span>{live.perMinute && t("perMinute", { count: live.perMinute.at(-1) ?? 0 })}</span>
        <span>{live.state === "open" ? "" : t(live.state)}</span>
      </div>
      <ul className={styles.facts}>
        {facts.map((fact) => (
          <li key={fact.id}>
            <time>{format.clock(fact.time, true)}</time>
            <span>{names.event(fact.name)}</span>
            <em>{amount(fact.properties, format.money) ?? names.source(fact.source)}</em>
          </li>
        ))}
        {facts.length === 0 && (
          <li>
            <em style={{ gridColumn: "1 / -1" }}>{t("waiting")}</em>
          </li>
        )}
      </ul>
    </Section>
  );
}

function amount(properties: Record<string, unknown>, money: (minor: number) => string): string | null {
  return typeof properties.value === "number" ? money(properties.value) : null;
}
