import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useConnectorTrials } from "@/api";
import type { Connector, ConnectorFound, ConnectorKind, ImportKind } from "@/api";
import { Failed, useProject } from "@/shell";
import { Button, Section } from "@/ui";
import styles from "../data.module.css";
import { ImportMapping } from "../ImportMapping";
import { Discovered } from "./Discovered";
import { Finish } from "./Finish";
import { PlaceForm } from "./PlaceForm";
import { isWhole, likelyRows } from "./settings";
import type { Place } from "./settings";
import { useTitle } from "./title";

/** From "where is the data" to a connector that reads it: place, test, choice, columns, schedule. */
export function Wizard({
  kinds,
  connector,
  close,
}: {
  kinds: ConnectorKind[];
  connector: Connector | null;
  close: () => void;
}) {
  const { t } = useTranslation("data");
  const title = useTitle();
  const [kind, setKind] = useState(kinds.find((each) => each.name === connector?.kind) ?? null);
  const [place, setPlace] = useState<Place>(connector?.place ?? {});
  const [rows, setRows] = useState<ImportKind>((connector?.rows as ImportKind) ?? "orders");
  const [mapping, setMapping] = useState<object | null>(null);
  const { check, discover, preview } = useConnectorTrials(useProject().id);
  if (!kind)
    return (
      <Section title={t("connectors.choose")}>
        <div className={styles.kinds} role="group" aria-label={t("connectors.choose")}>
          {kinds.map((each) => (
            <button type="button" key={each.name} className={styles.kind} onClick={() => setKind(each)}>
              <b>{title(each.title)}</b>
              <small>{t(`connectors.kindHints.${each.name as "sql"}`, { defaultValue: "" })}</small>
            </button>
          ))}
        </div>
        <Button onClick={close}>{t("connectors.back")}</Button>
      </Section>
    );
  const kept = connector?.kind === kind.name ? connector.secrets : [];
  const where = (there: Place) => ({ kind: kind.name, place: there, name: connector?.name ?? null });
  const test = () => check.mutate(where(place), { onSuccess: () => discover.mutate(where(place)) });
  const look = (there: Place, as: ImportKind) =>
    preview.mutate({ ...where(there), rows: as, mapping: keeps(connector, as) ? connector.mapping : null });
  const use = (found: ConnectorFound) => {
    const there = { ...place, ...found.settings };
    const as = connector ? rows : likelyRows(found.columns);
    setPlace(there);
    setRows(as);
    look(there, as);
  };
  if (mapping)
    return (
      <Finish
        kind={kind.name}
        title={title(kind.title)}
        place={place}
        rows={rows}
        mapping={mapping}
        connector={connector}
        back={() => setMapping(null)}
        close={close}
      />
    );
  if (preview.data)
    return (
      <>
        <RowKinds
          rows={rows}
          change={(next) => {
            setRows(next);
            look(place, next);
          }}
        />
        <ImportMapping
          key={`${rows}-${preview.submittedAt}`}
          kind={rows}
          preview={preview.data}
          back={() => preview.reset()}
          running={preview.isPending}
          error={null}
          action={t("connectors.continue")}
          backAction={t("connectors.back")}
          start={(chosen) => setMapping(chosen)}
        />
      </>
    );
  const error = check.error ?? discover.error ?? preview.error;
  return (
    <>
      <Section title={`${title(kind.title)} · ${t("connectors.place")}`}>
        <PlaceForm
          kind={kind}
          place={place}
          kept={kept}
          wrong={(error as { field?: string } | null)?.field ?? null}
          change={setPlace}
        />
        <div className={styles.toolbar}>
          <Button onClick={connector ? close : () => setKind(null)}>{t("connectors.back")}</Button>
          <Button
            type="primary"
            onClick={test}
            loading={check.isPending || discover.isPending}
            disabled={!isWhole(kind, place, kept)}
          >
            {t("connectors.test")}
          </Button>
          {check.data && (
            <span className={styles.state} data-on="" role="status">
              {check.data.message}
            </span>
          )}
        </div>
        {error && <Failed error={error} />}
      </Section>
      {discover.data && (
        <Discovered found={discover.data} use={use} all={() => look(place, rows)} busy={preview.isPending} />
      )}
    </>
  );
}

function keeps(connector: Connector | null, rows: ImportKind): connector is Connector {
  return connector !== null && connector.rows === rows;
}

const ROWS: ImportKind[] = ["orders", "people", "consents", "events", "items", "costs", "lift", "weblog"];

function RowKinds({ rows, change }: { rows: ImportKind; change: (rows: ImportKind) => void }) {
  const { t } = useTranslation("data");
  return (
    <Section title={t("connectors.holds")}>
      <div className={styles.kinds} role="group" aria-label={t("connectors.holds")}>
        {ROWS.map((each) => (
          <button
            type="button"
            key={each}
            className={styles.kind}
            aria-pressed={each === rows}
            onClick={() => change(each)}
          >
            <b>{t(`import.kinds.${each}`)}</b>
            <small>{t(`import.kindHints.${each}`)}</small>
          </button>
        ))}
      </div>
    </Section>
  );
}
