import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { useSchema } from "@/api";
import type { SchemaEvent, SchemaProperty } from "@/api";
import { Failed, useAddress, useFormat, useNames, useProject } from "@/shell";
import { BoneRows, Button, Empty, Icon, Input, List, Page, Segmented, Sparkline } from "@/ui";
import styles from "./data.module.css";
import { EventDrawer } from "./EventDrawer";
import { KindsDrawer } from "./KindsDrawer";

export function Dictionary() {
  const { t } = useTranslation("data");
  const schema = useSchema(useProject().id);
  const names = useNames();
  const [search, setSearch] = useSearchParams();
  const [q, setQ] = useState("");
  const tab = search.get("tab") === "properties" ? "properties" : "events";
  const set = (name: string, value: string | null) =>
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    });
  const wanted = q.trim().toLowerCase();
  const fits = (each: { name: string }, title: string) =>
    `${each.name} ${title}`.toLowerCase().includes(wanted);
  const events = schema.data?.events.filter((event) => fits(event, names.event(event.name))) ?? [];
  const properties =
    schema.data?.properties.filter((property) => fits(property, names.property(property.name))) ?? [];
  const opened = schema.data?.events.find((event) => event.name === search.get("event"));
  const property = schema.data?.properties.find(
    (each) => `${each.scope} ${each.name}` === search.get("property"),
  );

  return (
    <Page title={t("dictionary.title")} lead={t("dictionary.lead")}>
      <div className={styles.toolbar}>
        <Segmented<"events" | "properties">
          value={tab}
          onChange={(next) => set("tab", next === "events" ? null : next)}
          options={[
            { value: "events", label: t("dictionary.events") },
            { value: "properties", label: t("dictionary.properties") },
          ]}
        />
        <Input
          value={q}
          onChange={(event) => setQ(event.target.value)}
          prefix={<Icon name="search" size={14} />}
          placeholder={t("dictionary.search")}
          aria-label={t("dictionary.search")}
          allowClear
          style={{ width: 220 }}
        />
      </div>
      {schema.error ? (
        <Failed error={schema.error} retry={() => void schema.refetch()} />
      ) : !schema.data ? (
        <BoneRows rows={10} />
      ) : schema.data.events.length === 0 ? (
        <NothingYet />
      ) : tab === "events" ? (
        <Events events={events} open={(name) => set("event", name)} />
      ) : (
        <Properties properties={properties} open={({ scope, name }) => set("property", `${scope} ${name}`)} />
      )}
      {schema.data && wanted && (tab === "events" ? events : properties).length === 0 && (
        <Empty title={t("dictionary.nothing", { q })} />
      )}
      <EventDrawer event={opened} close={() => set("event", null)} />
      <KindsDrawer property={property} close={() => set("property", null)} />
    </Page>
  );
}

function NothingYet() {
  const { t } = useTranslation("data");
  const address = useAddress();
  const go = useNavigate();
  return (
    <Empty
      title={t("dictionary.empty")}
      action={
        <Button type="primary" onClick={() => void go(address("/data/sources"))}>
          {t("live.toSources")}
        </Button>
      }
    >
      {t("dictionary.emptyText")}
    </Empty>
  );
}

function Events({ events, open }: { events: SchemaEvent[]; open: (name: string) => void }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const names = useNames();
  return (
    <List
      label={t("dictionary.events")}
      head={
        <>
          <th>{t("dictionary.event")}</th>
          <th>{t("dictionary.volume")}</th>
          <th data-right>{t("dictionary.count")}</th>
          <th data-right data-wide>
            {t("dictionary.first")}
          </th>
          <th data-right data-wide>
            {t("dictionary.last")}
          </th>
        </>
      }
    >
      {events.map((event) => (
        <tr key={event.name}>
          <td>
            <button type="button" className={styles.link} onClick={() => open(event.name)}>
              {names.event(event.name)}
              {names.event(event.name) !== event.name && (
                <>
                  {" "}
                  <code>{event.name}</code>
                </>
              )}
            </button>
          </td>
          <td>
            <Sparkline values={event.daily} width={112} height={20} label={t("dictionary.volumeLabel")} />
          </td>
          <td data-right>{format.exact(event.count)}</td>
          <td data-right data-wide>
            {event.first_seen ? format.dayOf(event.first_seen) : "–"}
          </td>
          <td data-right data-wide>
            {format.ago(event.last_seen)}
          </td>
        </tr>
      ))}
    </List>
  );
}

function Properties({
  properties,
  open,
}: {
  properties: SchemaProperty[];
  open: (property: SchemaProperty) => void;
}) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const names = useNames();
  const kinds = new Map<string, number>();
  for (const { scope, name } of properties)
    kinds.set(`${scope} ${name}`, (kinds.get(`${scope} ${name}`) ?? 0) + 1);
  return (
    <List
      label={t("dictionary.properties")}
      head={
        <>
          <th>{t("dictionary.property")}</th>
          <th>{t("dictionary.of")}</th>
          <th>{t("dictionary.type")}</th>
          <th data-right>{t("dictionary.count")}</th>
          <th data-wide>{t("dictionary.samples")}</th>
        </>
      }
    >
      {properties.map((property) => (
        <tr key={`${property.scope} ${property.name} ${property.kind}`}>
          <td>
            {names.property(property.name) !== property.name && <>{names.property(property.name)} </>}
            <code className={styles.muted}>{property.name}</code>
          </td>
          <td data-tight>{t(`dictionary.scope.${property.scope}`)}</td>
          <td data-tight>
            {t(`dictionary.kind.${property.kind}`)}
            {(kinds.get(`${property.scope} ${property.name}`) ?? 1) > 1 && (
              <button type="button" className={styles.several} onClick={() => open(property)}>
                {t("dictionary.kinds", { count: kinds.get(`${property.scope} ${property.name}`) })}
              </button>
            )}
          </td>
          <td data-right>{format.exact(property.count)}</td>
          <td data-wide>
            <div className={styles.sample}>{property.samples.map(plainly).join(" · ")}</div>
          </td>
        </tr>
      ))}
    </List>
  );
}

function plainly(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
