import { useTranslation } from "react-i18next";
import type { HomeReport } from "@/api";
import { useFormat, useNames, usePeopleDrawer } from "@/shell";
import { Empty, OpenFigure, Section, ShareBar } from "@/ui";
import styles from "./home.module.css";

export function Channels({ report }: { report: HomeReport }) {
  const { t } = useTranslation("home");
  const format = useFormat();
  const names = useNames();
  const open = usePeopleDrawer();
  const most = Math.max(1, ...report.channels.map((row) => row.gmv ?? 0));
  return (
    <Section title={t("channels")}>
      {report.channels.length === 0 ? (
        <Empty title={t("noChannels")} />
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th>{t("channel")}</th>
              <th>{t("visitors")}</th>
              <th>{t("buyers")}</th>
              <th>{t("conversion")}</th>
              <th>{t("gmv")}</th>
              <th className={styles.share} aria-hidden="true" />
            </tr>
          </thead>
          <tbody>
            {report.channels.map((row) => {
              const name = names.channel(row.channel);
              return (
                <tr key={row.channel ?? ""}>
                  <td>{name}</td>
                  <td>
                    <OpenFigure
                      onOpen={
                        row.open
                          ? () => open({ ...row.open!, title: `${name} · ${t("visitors")}` })
                          : undefined
                      }
                      title={t("open")}
                    >
                      {format.exact(row.visitors)}
                    </OpenFigure>
                  </td>
                  <td>
                    <OpenFigure
                      onOpen={() => open({ ...row.open_buyers, title: `${name} · ${t("buyers")}` })}
                      title={t("open")}
                    >
                      {format.exact(row.buyers)}
                    </OpenFigure>
                  </td>
                  <td>
                    {format.percent(row.visitors && row.buyers !== null ? row.buyers / row.visitors : null)}
                  </td>
                  <td>{format.moneyShort(row.gmv)}</td>
                  <td className={styles.share}>
                    <ShareBar share={(row.gmv ?? 0) / most} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Section>
  );
}
