import { useTranslation } from "react-i18next";
import type { EnrichmentTrial } from "@/api";
import { useFormat, useNames } from "@/shell";
import { Change, ShareBar } from "@/ui";
import styles from "./enrichment.module.css";

/** The events of each channel now, and what the rules on the page would make of them. */
export function Trial({ trial, changed, days }: { trial: EnrichmentTrial; changed: boolean; days: number }) {
  const { t } = useTranslation("enrichment");
  const format = useFormat();
  const names = useNames();
  const values = trial.properties[0]?.values ?? [];
  const most = Math.max(1, ...values.map((one) => Math.max(one.now, one.then)));
  return (
    <>
      <h3 className={styles.head}>{t(changed ? "wouldBe" : "is", { days })}</h3>
      {values.map((one) => (
        <div key={one.value} className={styles.bar}>
          <span>{names.channel(one.value)}</span>
          <span className={styles.count}>
            {format.exact(one.then)}
            {changed && one.then !== one.now && (
              <Change
                value={one.then - one.now}
                text={`${one.then > one.now ? "+" : "−"}${format.exact(Math.abs(one.then - one.now))}`}
              />
            )}
          </span>
          <ShareBar share={one.then / most} />
        </div>
      ))}
      <p className={styles.quiet}>
        {changed
          ? t("moves", { changed: format.exact(trial.changed), events: format.exact(trial.events) })
          : t("counted", { events: format.exact(trial.events) })}
      </p>
    </>
  );
}
