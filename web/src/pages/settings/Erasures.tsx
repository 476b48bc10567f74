import { useTranslation } from "react-i18next";
import { certificateAddress, useErasures } from "@/api";
import type { Erasure } from "@/api";
import { Failed, useFormat, useProject } from "@/shell";
import { BoneRows, Button, List, Mark, Section } from "@/ui";
import { OpenParts } from "./OpenParts";
import styles from "./settings.module.css";

/** People who were erased, or are being erased: how far it is, and the certificates. */
export function Erasures() {
  const { t } = useTranslation("settings");
  const project = useProject();
  const erasures = useErasures(project.id, true);
  return (
    <Section title={t("erasures.title")} note={t("erasures.note")}>
      {erasures.error ? (
        <Failed error={erasures.error} retry={() => void erasures.refetch()} />
      ) : !erasures.data ? (
        <BoneRows rows={3} />
      ) : erasures.data.length === 0 ? (
        <p className={styles.muted}>{t("erasures.none")}</p>
      ) : (
        <List
          label={t("erasures.title")}
          head={
            <>
              <th>{t("erasures.asked")}</th>
              <th>{t("erasures.state")}</th>
              <th data-wide>{t("erasures.reason")}</th>
              <th data-wide>{t("erasures.by")}</th>
              <th data-wide data-right>
                {t("erasures.removed")}
              </th>
              <th aria-hidden="true" />
            </>
          }
        >
          {erasures.data.map((one) => (
            <Line key={one.id} erasure={one} />
          ))}
        </List>
      )}
    </Section>
  );
}

function Line({ erasure }: { erasure: Erasure }) {
  const { t } = useTranslation("settings");
  const project = useProject();
  const format = useFormat();
  const rows = erasure.steps.facts?.["events.rows"];
  return (
    <tr>
      <td>{format.stamp(erasure.created_at)}</td>
      <td>
        {erasure.error ? (
          <Mark tone="warn">{t("erasures.again")}</Mark>
        ) : (
          t(`erasures.states.${erasure.state}`)
        )}
        {erasure.suppress && <small className={styles.muted}> · {t("erasures.suppressed")}</small>}
        <OpenParts erasure={erasure} />
      </td>
      <td data-wide>{erasure.reason || "–"}</td>
      <td data-wide>{erasure.by}</td>
      <td data-wide data-right>
        {rows === undefined ? "–" : t("erasures.events", { count: rows, shown: format.exact(rows) })}
      </td>
      <td data-right>
        {erasure.state === "done" && (
          <Button size="small" type="text" href={certificateAddress(project.id, erasure.id)} target="_blank">
            {t("erasures.certificate")}
          </Button>
        )}
      </td>
    </tr>
  );
}
