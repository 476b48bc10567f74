import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useSamples, useSchema } from "@/api";
import type { SchemaEvent } from "@/api";
import type { Params } from "@/api/questions";
import { writeQuestion } from "@/pages/analyse/address";
import { Failed, useAddress, useNames, useProject } from "@/shell";
import { BoneRows, Button, Code, Drawer, List, Section } from "@/ui";
import styles from "./data.module.css";

/** One event of the dictionary: its properties and the latest examples. */
export function EventDrawer({ event, close }: { event: SchemaEvent | undefined; close: () => void }) {
  const { t } = useTranslation("data");
  const names = useNames();
  const address = useAddress();
  const go = useNavigate();
  const question: Params<"trends"> = { series: [{ step: { any_of: [{ event: event?.name ?? "*" }] } }] };
  const trend = writeQuestion(question, null);
  return (
    <Drawer
      open={event !== undefined}
      onClose={close}
      size={600}
      title={event && names.event(event.name)}
      extra={
        <Button onClick={() => void go(address("/analyse/trends", trend))}>{t("dictionary.analyse")}</Button>
      }
      destroyOnHidden
    >
      {event && <Inside event={event} />}
    </Drawer>
  );
}

function Inside({ event }: { event: SchemaEvent }) {
  const { t } = useTranslation(["data", "common"]);
  const project = useProject();
  const names = useNames();
  const schema = useSchema(project.id);
  const samples = useSamples(project.id, event.name);
  const properties = event.properties.flatMap((name) => {
    const found = schema.data?.properties.find((each) => each.name === name && each.scope === "event");
    return found ? [found] : [];
  });
  return (
    <>
      <code className={styles.muted}>{event.name}</code>
      <Section title={t("dictionary.properties")}>
        <List
          label={t("dictionary.properties")}
          head={
            <>
              <th>{t("dictionary.property")}</th>
              <th>{t("dictionary.type")}</th>
              <th>{t("dictionary.samples")}</th>
            </>
          }
        >
          {properties.map((property) => (
            <tr key={`${property.name} ${property.kind}`}>
              <td>
                {names.property(property.name) !== property.name && <>{names.property(property.name)} </>}
                <code className={styles.muted}>{property.name}</code>
              </td>
              <td data-tight>{t(`dictionary.kind.${property.kind}`)}</td>
              <td>
                <div className={styles.sample}>{property.samples.slice(0, 3).map(String).join(" · ")}</div>
              </td>
            </tr>
          ))}
        </List>
      </Section>
      <Section title={t("dictionary.sampleEvents")}>
        {samples.error ? (
          <Failed error={samples.error} retry={() => void samples.refetch()} />
        ) : !samples.data ? (
          <BoneRows rows={4} />
        ) : samples.data.events.length === 0 ? (
          <p className={styles.muted}>{t("dictionary.noSamples")}</p>
        ) : (
          <div style={{ display: "grid", gap: 12, paddingTop: 8 }}>
            {samples.data.events.slice(0, 5).map((sample, index) => (
              <Code key={index} copy={t("common:copy")} copied={t("common:copied")}>
                {JSON.stringify(sample, null, 2)}
              </Code>
            ))}
          </div>
        )}
      </Section>
    </>
  );
}
