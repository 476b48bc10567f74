import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useConnectors } from "@/api";
import type { Connector, ImportKind } from "@/api";
import { Failed, useFormat, useMayOwn, useProject } from "@/shell";
import { BoneRows, Button, Empty, Icon, List, Mark, Page } from "@/ui";
import styles from "../data.module.css";
import { ConnectorDrawer } from "./ConnectorDrawer";
import { ConnectorMenu } from "./ConnectorMenu";
import { useTitle } from "./title";
import { Wizard } from "./Wizard";

/** Places that are read by themselves: how each stands, and the way to add one. */
export function Connectors() {
  const { t } = useTranslation("data");
  const project = useProject();
  const found = useConnectors(project.id);
  const owns = useMayOwn();
  const [editing, setEditing] = useState<Connector | "new" | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const all = found.data?.connectors ?? [];
  const add = owns ? (
    <Button type="primary" icon={<Icon name="plus" size={14} />} onClick={() => setEditing("new")}>
      {t("connectors.add")}
    </Button>
  ) : (
    <span className={styles.muted}>{t("connectors.ownerOnly")}</span>
  );
  if (editing && found.data)
    return (
      <Page title={editing === "new" ? t("connectors.add") : editing.name}>
        <Wizard
          kinds={found.data.kinds}
          connector={editing === "new" ? null : editing}
          close={() => setEditing(null)}
        />
      </Page>
    );
  return (
    <Page title={t("connectors.title")} lead={t("connectors.lead")} actions={all.length > 0 && add}>
      {found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : !found.data ? (
        <BoneRows rows={4} />
      ) : all.length === 0 ? (
        <Empty title={t("connectors.empty")} action={add}>
          {t("connectors.emptyText")}
        </Empty>
      ) : (
        <List
          label={t("connectors.title")}
          head={
            <>
              <th>{t("connectors.name")}</th>
              <th data-wide>{t("connectors.kind")}</th>
              <th data-wide>{t("connectors.rows")}</th>
              <th>{t("connectors.state")}</th>
              <th data-right>{t("connectors.lag")}</th>
              <th data-right data-wide>
                {t("connectors.last")}
              </th>
              <th aria-hidden="true" />
            </>
          }
        >
          {all.map((one) => (
            <Row
              key={one.name}
              connector={one}
              show={() => setShown(one.name)}
              edit={() => setEditing(one)}
            />
          ))}
        </List>
      )}
      <ConnectorDrawer
        connector={all.find((one) => one.name === shown) ?? null}
        close={() => setShown(null)}
        edit={(one) => {
          setShown(null);
          setEditing(one);
        }}
      />
    </Page>
  );
}

function Row({ connector, show, edit }: { connector: Connector; show: () => void; edit: () => void }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const title = useTitle();
  const last = connector.last_run;
  return (
    <tr>
      <td>
        <button type="button" className={styles.link} onClick={show}>
          {connector.name}
        </button>
      </td>
      <td data-wide>{title(connector.title)}</td>
      <td data-wide>{t(`import.kinds.${connector.rows as ImportKind}`, { defaultValue: connector.rows })}</td>
      <td>
        <ConnectorState connector={connector} />
      </td>
      <td data-right>
        {connector.current_at ? format.ago(connector.current_at) : t("connectors.never")}
        {!!connector.left && (
          <div className={styles.muted}>{t("connectors.left", { count: connector.left })}</div>
        )}
      </td>
      <td data-right data-wide>
        {last ? format.ago(last.finished_at ?? last.started_at) : t("connectors.never")}
      </td>
      <td data-right>
        <ConnectorMenu connector={connector} edit={edit} />
      </td>
    </tr>
  );
}

/** How a connector stands, in a word, with what is wrong below it. */
export function ConnectorState({ connector }: { connector: Connector }) {
  const { t } = useTranslation("data");
  const { state, problem } = connector;
  const partly = connector.last_run?.state === "partly";
  return (
    <>
      {state === "failing" ? (
        <Mark tone="loss">{t(partly ? "connectors.runStates.partly" : "connectors.states.failing")}</Mark>
      ) : (
        <span className={styles.state} data-on={state === "waiting" || state === "running" ? "" : undefined}>
          {t(`connectors.states.${state}`)}
        </span>
      )}
      {problem && (
        <div className={styles.muted}>
          {problem.where && t("connectors.where", { where: problem.where })}
          {problem.message}
        </div>
      )}
    </>
  );
}
