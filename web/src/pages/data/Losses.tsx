import { useTranslation } from "react-i18next";
import { useLosses } from "@/api";
import type { Source } from "@/api";
import { Failed, useFormat, useProject } from "@/shell";
import { Figure, List, Section } from "@/ui";
import styles from "./data.module.css";

const SHOWN = 14;

/** What the clients of a source numbered and never delivered; nothing where they number nothing. */
export function Losses({ source }: { source: Source }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const losses = useLosses(useProject().id, source.id, SHOWN);
  if (losses.error) return <Failed error={losses.error} retry={() => void losses.refetch()} />;
  const found = losses.data;
  if (!found?.numbered) return null;
  const share = (one: { arrived: number; missing: number }) =>
    one.arrived + one.missing ? format.percent(one.missing / (one.arrived + one.missing), 2) : "–";
  const days = [...found.days].reverse().filter((one) => one.arrived + one.missing > 0);
  return (
    <Section title={t("losses.title")} note={t("losses.note", { name: source.name, count: SHOWN })}>
      <div className={styles.losses}>
        <Figure
          label={t("losses.missing")}
          value={format.exact(found.missing)}
          foot={t("losses.of", {
            whole: format.exact(found.arrived + found.missing),
            runs: format.exact(found.runs),
            share: share(found),
          })}
        />
        <List
          label={t("losses.title")}
          head={
            <>
              <th>{t("losses.day")}</th>
              <th data-right>{t("losses.arrived")}</th>
              <th data-right>{t("losses.lost")}</th>
              <th data-right>{t("losses.share")}</th>
            </>
          }
        >
          {days.map((one) => (
            <tr key={one.day}>
              <td data-tight>{format.day(one.day)}</td>
              <td data-right>{format.exact(one.arrived)}</td>
              <td data-right>{format.exact(one.missing)}</td>
              <td data-right>{share(one)}</td>
            </tr>
          ))}
        </List>
      </div>
      <p className={styles.muted}>{t("losses.text")}</p>
    </Section>
  );
}
