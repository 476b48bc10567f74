import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useRehearsal } from "@/api";
import type { AlertDefinition } from "@/api";
import { Failed, useLater, useProject } from "@/shell";
import { Bone } from "@/ui";
import styles from "./alerts.module.css";
import { BandChart } from "./BandChart";

const PERIODS = { day: 45, week: 26, month: 12 } as const;

/** What a definition would have told: the reader sees how loud it is before anybody hears it. */
export function Rehearsal({ definition, title }: { definition: AlertDefinition | null; title: string }) {
  const { t } = useTranslation("alerts");
  const text = useLater(JSON.stringify(definition && { ...definition, to: [], title: null }), 400);
  const wanted = useMemo(() => JSON.parse(text) as AlertDefinition | null, [text]);
  const by = wanted?.by ?? "day";
  const periods = PERIODS[by];
  const past = useRehearsal(useProject().id, wanted, periods);
  if (!definition) return null;
  if (past.error) return <Failed error={past.error} />;
  if (!past.data) return <Bone h={190} style={{ marginBottom: 16 }} />;
  const unclear = past.data.points.filter(({ bad }) => bad === null).length;
  const words = { periods, by: t(`bys.${by}`), count: past.data.fired };
  return (
    <div className={styles.would} role="status">
      <p>
        <b>{past.data.fired ? t("would", words) : t("wouldNever", words)}</b>{" "}
        {unclear > 0 && <span className={styles.quiet}>{t("unclear", { count: unclear })}</span>}
      </p>
      <BandChart points={past.data.points} format={past.data.format} by={by} name={title} height={150} />
    </div>
  );
}
