import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useKinds, useSources } from "@/api";
import type { SchemaProperty } from "@/api";
import { Failed, useAddress, useFormat, useNames, useProject } from "@/shell";
import { BoneRows, Button, Drawer, List } from "@/ui";
import styles from "./data.module.css";

/** A property whose values come in several types: how many of each, from where, since when. */
export function KindsDrawer({
  property,
  close,
}: {
  property: SchemaProperty | undefined;
  close: () => void;
}) {
  const { t } = useTranslation("data");
  const names = useNames();
  const address = useAddress();
  const go = useNavigate();
  return (
    <Drawer
      open={property !== undefined}
      onClose={close}
      size={680}
      title={property && names.property(property.name)}
      extra={<Button onClick={() => void go(address("/data/plan"))}>{t("dictionary.toPlan")}</Button>}
      destroyOnHidden
    >
      {property && <Inside property={property} />}
    </Drawer>
  );
}

function Inside({ property }: { property: SchemaProperty }) {
  const { t } = useTranslation("data");
  const names = useNames();
  const project = useProject().id;
  const format = useFormat();
  const kinds = useKinds(project, { property: property.name, scope: property.scope });
  const sources = useSources(project);
  if (kinds.error) return <Failed error={kinds.error} retry={() => void kinds.refetch()} />;
  if (!kinds.data) return <BoneRows rows={3} />;
  const named = (id: string) => sources.data?.find((one) => one.id === id)?.name ?? id;
  const planned = kinds.data.planned;
  return (
    <>
      {names.property(property.name) !== property.name && (
        <code className={styles.muted}>{property.name}</code>
      )}
      <p className={styles.kindsLead}>
        {t("dictionary.kindsLead")} {planned && t("dictionary.planned", { type: planned })}
      </p>
      <List
        label={t("dictionary.type")}
        head={
          <>
            <th>{t("dictionary.type")}</th>
            <th data-right>{t("dictionary.count")}</th>
            <th data-right>{t("dictionary.share")}</th>
            <th>{t("dictionary.sources")}</th>
            <th data-right data-wide>
              {t("dictionary.first")}
            </th>
            <th data-right>{t("dictionary.last")}</th>
          </>
        }
      >
        {kinds.data.kinds.map((one) => (
          <tr key={one.kind}>
            <td>
              {t(`dictionary.kind.${one.kind}`)}
              <div className={styles.sample}>{one.samples.slice(0, 3).map(String).join(" · ")}</div>
            </td>
            <td data-right>{format.exact(one.count)}</td>
            <td data-right>{format.percent(one.share)}</td>
            <td>
              {Object.entries(one.sources).map(([source, count]) => (
                <div key={source}>
                  {named(source)} <span className={styles.muted}>{format.exact(count)}</span>
                </div>
              ))}
            </td>
            <td data-right data-wide>
              {format.dayOf(one.first_seen)}
            </td>
            <td data-right>{format.ago(one.last_seen)}</td>
          </tr>
        ))}
      </List>
    </>
  );
}
