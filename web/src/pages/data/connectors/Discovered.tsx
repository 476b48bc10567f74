import { useTranslation } from "react-i18next";
import type { ConnectorFound } from "@/api";
import { Button, List, Section } from "@/ui";
import styles from "../data.module.css";

/** What can be read at a place: each with its columns, and a way to take it or all that the settings name. */
export function Discovered({
  found,
  use,
  all,
  busy,
}: {
  found: ConnectorFound[];
  use: (found: ConnectorFound) => void;
  all: () => void;
  busy: boolean;
}) {
  const { t } = useTranslation("data");
  return (
    <Section
      title={t("connectors.found")}
      extra={
        <Button type="primary" size="small" onClick={all} loading={busy}>
          {t("connectors.look")}
        </Button>
      }
    >
      {found.length === 0 ? (
        <p className={styles.muted}>{t("connectors.mapEmpty")}</p>
      ) : (
        <List
          label={t("connectors.found")}
          head={
            <>
              <th>{t("connectors.name")}</th>
              <th data-wide>{t("import.sample")}</th>
              <th aria-hidden="true" />
            </>
          }
        >
          {found.slice(0, 100).map((one) => (
            <tr key={one.name}>
              <td>{one.name}</td>
              <td data-wide>
                <div className={styles.columns}>
                  {one.columns.length > 0 ? one.columns.join(" · ") : t("connectors.noRows")}
                </div>
              </td>
              <td data-right>
                {Object.keys(one.settings).length > 0 && (
                  <Button size="small" onClick={() => use(one)} disabled={busy}>
                    {t("connectors.use")}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </List>
      )}
    </Section>
  );
}
