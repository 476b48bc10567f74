import { useTranslation } from "react-i18next";
import type { HomeReport } from "@/api";
import { useFormat, usePeopleDrawer } from "@/shell";
import { Empty, OpenFigure, Section } from "@/ui";
import styles from "./home.module.css";

export function Goods({ report }: { report: HomeReport }) {
  const { t } = useTranslation("home");
  const format = useFormat();
  const open = usePeopleDrawer();
  return (
    <Section title={t("goods")}>
      {report.goods.length === 0 ? (
        <Empty title={t("noGoods")} />
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th>{t("item")}</th>
              <th>{t("quantity")}</th>
              <th>{t("buyers")}</th>
              <th>{t("gmv")}</th>
            </tr>
          </thead>
          <tbody>
            {report.goods.map((row) => {
              const name = row.item_name ?? row.item_id ?? t("unnamed");
              return (
                <tr key={row.item_id}>
                  <td title={row.item_id ?? undefined}>{name}</td>
                  <td>{format.exact(row.quantity)}</td>
                  <td>
                    <OpenFigure
                      onOpen={
                        row.open ? () => open({ ...row.open!, title: `${name} · ${t("buyers")}` }) : undefined
                      }
                      title={t("open")}
                    >
                      {format.exact(row.buyers)}
                    </OpenFigure>
                  </td>
                  <td>{format.moneyShort(row.gmv)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Section>
  );
}
