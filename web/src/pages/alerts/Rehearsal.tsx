import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useRehearsal } from "@/api";
import type { AnyAlert } from "@/api";
import { Failed, useFormat, useLater, useProject } from "@/shell";
import { Bone } from "@/ui";
import styles from "./alerts.module.css";
import { BandChart } from "./BandChart";
import { isArrival, paceOf, useAlertWords } from "./words";

const PERIODS = { hour: 168, day: 45, week: 26, month: 12 } as const;
const SHOWN = 4;

/** What a definition would have told: the reader sees how loud it is before anybody hears it. */
export function Rehearsal({ definition, title }: { definition: AnyAlert | null; title: string }) {
  const { t } = useTranslation("alerts");
  const text = useLater(JSON.stringify(definition && { ...definition, to: [], title: null }), 400);
  const wanted = useMemo(() => JSON.parse(text) as AnyAlert | null, [text]);
  const by = wanted ? paceOf(wanted) : "day";
  const periods = PERIODS[by];
  const past = useRehearsal(useProject().id, wanted, periods);
  const format = useFormat();
  const { told } = useAlertWords();
  if (!definition) return null;
  if (past.error) return <Failed error={past.error} />;
  if (!past.data) return <Bone h={190} style={{ marginBottom: 16 }} />;
  if (past.data.problem)
    return (
      <p className={styles.problem} role="status">
        {format.say(past.data.problem)}
      </p>
    );
  const unclear = past.data.points.filter(({ bad }) => bad === null).length;
  const latest = past.data.points.flatMap(({ start, arrivals }) => (arrivals ? [{ start, arrivals }] : []));
  const words = { periods, by: t(`bys.${by}`), count: past.data.fired };
  return (
    <div className={styles.would} role="status">
      <p>
        <b>{past.data.fired ? t("would", words) : t("wouldNever", words)}</b>{" "}
        {unclear > 0 && <span className={styles.quiet}>{t("unclear", { count: unclear })}</span>}
      </p>
      <BandChart points={past.data.points} format={past.data.format} by={by} name={title} height={150} />
      {wanted && isArrival(wanted) && latest.length > 0 && (
        <ul className={styles.would_list}>
          {latest.slice(-SHOWN).map(({ start, arrivals }) => (
            <li key={start}>
              <span className={styles.quiet}>{format.stamp(start)}</span> {told(arrivals)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
