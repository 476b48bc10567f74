import { useTranslation } from "react-i18next";
import { useConnectorRuns } from "@/api";
import type { Connector, ConnectorRun, ImportKind } from "@/api";
import { Failed, useFormat, useProject } from "@/shell";
import { BoneRows, Drawer, List, Mark } from "@/ui";
import styles from "../data.module.css";
import { ConnectorState } from "./Connectors";
import { ConnectorMenu } from "./ConnectorMenu";
import { whereOf } from "./settings";
import { useTitle } from "./title";

/** One connector: how it stands and what its runs did. */
export function ConnectorDrawer({
  connector,
  close,
  edit,
}: {
  connector: Connector | null;
  close: () => void;
  edit: (connector: Connector) => void;
}) {
  return (
    <Drawer
      open={connector !== null}
      onClose={close}
      size={720}
      title={connector?.name}
      extra={connector && <ConnectorMenu connector={connector} edit={() => edit(connector)} />}
      destroyOnHidden
    >
      {connector && <Opened connector={connector} />}
    </Drawer>
  );
}

function Opened({ connector }: { connector: Connector }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const title = useTitle();
  const runs = useConnectorRuns(useProject().id, connector.name);
  const { problem } = connector;
  const latest = runs.data?.find((run) => run.problems.length > 0);
  return (
    <>
      <ConnectorState connector={connector} />
      {problem?.hint && <p>{problem.hint}</p>}
      <p className={styles.about}>
        {[
          title(connector.title),
          ...whereOf(connector.place),
          t(`import.kinds.${connector.rows as ImportKind}`, { defaultValue: connector.rows }),
        ].join(" · ")}
      </p>
      {connector.next_at && (
        <p className={styles.about}>{t("connectors.next", { at: format.stamp(connector.next_at) })}</p>
      )}
      <h3 className={styles.part}>{t("connectors.runs")}</h3>
      {runs.error ? (
        <Failed error={runs.error} retry={() => void runs.refetch()} />
      ) : !runs.data ? (
        <BoneRows rows={4} />
      ) : runs.data.length === 0 ? (
        <p className={styles.muted}>{t("connectors.noRuns")}</p>
      ) : (
        <List
          label={t("connectors.runs")}
          head={
            <>
              <th>{t("connectors.began")}</th>
              <th>{t("connectors.state")}</th>
              <th data-right>{t("connectors.rowsRead")}</th>
              <th data-right>{t("connectors.new")}</th>
              <th data-right data-wide>
                {t("connectors.duplicates")}
              </th>
              <th data-right data-wide>
                {t("connectors.skipped")}
              </th>
              <th data-right>{t("connectors.rejected")}</th>
              <th data-wide>{t("connectors.by")}</th>
            </>
          }
        >
          {runs.data.map((run) => (
            <Run key={run.id} run={run} />
          ))}
        </List>
      )}
      {latest && <Problems run={latest} />}
    </>
  );
}

function Run({ run }: { run: ConnectorRun }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const bad = ["failed", "partly", "interrupted"].includes(run.state);
  return (
    <tr>
      <td>{format.stamp(run.started_at)}</td>
      <td>
        <Mark
          tone={bad ? "loss" : "plain"}
          title={
            run.error?.message ?? (run.state === "interrupted" ? t("connectors.interrupted") : undefined)
          }
        >
          {t(`connectors.runStates.${run.state}`)}
        </Mark>
      </td>
      <td data-right>{format.exact(run.rows)}</td>
      <td data-right>{format.exact(run.facts - run.duplicates)}</td>
      <td data-right data-wide>
        {format.exact(run.duplicates)}
      </td>
      <td data-right data-wide>
        {format.exact(run.skipped)}
      </td>
      <td data-right>{format.exact(run.rejected)}</td>
      <td data-wide>{run.by === "schedule" ? t("connectors.schedule") : run.by}</td>
    </tr>
  );
}

function Problems({ run }: { run: ConnectorRun }) {
  const { t } = useTranslation("data");
  return (
    <>
      <h3 className={styles.part}>{t("connectors.problems")}</h3>
      <ul>
        {run.problems.slice(0, 20).map((problem, index) => (
          <li key={index} className={styles.problem}>
            <span className={styles.muted}>
              {problem.row === null
                ? t("connectors.where", { where: problem.where })
                : t("connectors.row", { where: problem.where, row: problem.row })}
            </span>
            {problem.message} <code className={styles.muted}>{problem.code}</code>
            {problem.hint && <small>{problem.hint}</small>}
          </li>
        ))}
      </ul>
    </>
  );
}
