import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSourceChanges, useSources } from "@/api";
import type { Source } from "@/api";
import { Failed, useFormat, useMayEdit, useProject } from "@/shell";
import { BoneRows, Button, CopyButton, Empty, Icon, List, Menu, Page, useNotify } from "@/ui";
import styles from "./data.module.css";
import { Losses } from "./Losses";
import { Snippets } from "./Snippets";
import { SourceForm } from "./SourceForm";
import { useSourceKind } from "./kinds";

export function Sources() {
  const { t } = useTranslation("data");
  const project = useProject();
  const sources = useSources(project.id);
  const mayEdit = useMayEdit();
  const [adding, setAdding] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const all = sources.data ?? [];
  const shown = all.find((source) => source.id === chosen) ?? all[0];
  const add = mayEdit && (
    <Button type="primary" icon={<Icon name="plus" size={14} />} onClick={() => setAdding(true)}>
      {t("sources.add")}
    </Button>
  );
  return (
    <Page title={t("sources.title")} lead={t("sources.lead")} actions={all.length > 0 && add}>
      {sources.error ? (
        <Failed error={sources.error} retry={() => void sources.refetch()} />
      ) : !sources.data ? (
        <BoneRows rows={4} />
      ) : all.length === 0 ? (
        <Empty title={t("sources.empty")} action={add}>
          {t("sources.emptyText")}
        </Empty>
      ) : (
        <>
          <List
            label={t("sources.title")}
            head={
              <>
                <th>{t("sources.name")}</th>
                <th data-wide>{t("sources.kind")}</th>
                <th>{t("sources.state")}</th>
                <th data-right>{t("sources.last24")}</th>
                <th data-wide>{t("sources.key")}</th>
                <th aria-hidden="true" />
              </>
            }
          >
            {all.map((source) => (
              <SourceRow key={source.id} source={source} show={() => setChosen(source.id)} />
            ))}
          </List>
          {shown && <Losses key={`losses-${shown.id}`} source={shown} />}
          {shown && <Snippets source={shown} />}
        </>
      )}
      {adding && <SourceForm close={() => setAdding(false)} added={(source) => setChosen(source.id)} />}
    </Page>
  );
}

function SourceRow({ source, show }: { source: Source; show: () => void }) {
  const { t } = useTranslation(["data", "common"]);
  const format = useFormat();
  const kind = useSourceKind();
  const mayEdit = useMayEdit();
  return (
    <tr>
      <td>
        <button type="button" className={styles.link} onClick={show} title={t("sources.show")}>
          {source.name}
        </button>
      </td>
      <td data-wide>{kind(source.kind)}</td>
      <td data-tight>
        <span className={styles.state} data-on={source.enabled && source.last_event_at ? "" : undefined}>
          {!source.enabled
            ? t("sources.disabled")
            : source.last_event_at
              ? format.ago(source.last_event_at)
              : t("sources.never")}
        </span>
      </td>
      <td data-right>{format.exact(source.events_24h)}</td>
      <td data-wide>
        {source.write_key ? (
          <span className={styles.key}>
            <code>{`${source.write_key.slice(0, 8)}…`}</code>
            <CopyButton bare text={source.write_key} label={t("common:copy")} done={t("common:copied")} />
          </span>
        ) : (
          <span className={styles.muted}>{t("sources.hidden")}</span>
        )}
      </td>
      <td data-right>{mayEdit && <Actions source={source} />}</td>
    </tr>
  );
}

function Actions({ source }: { source: Source }) {
  const { t } = useTranslation(["data", "common"]);
  const { modal } = useNotify();
  const changes = useSourceChanges(useProject().id);
  const [renaming, setRenaming] = useState(false);
  const ask = (what: "newKey" | "remove", run: () => void) =>
    void modal.confirm({
      title: t(`sources.sure.${what}`, { name: source.name }),
      content: t(`sources.sure.${what}Text`),
      okText: t(`sources.${what}`),
      okButtonProps: { danger: true },
      icon: null,
      onOk: run,
    });
  const { id } = source;
  return (
    <>
      <Menu
        trigger={["click"]}
        placement="bottomRight"
        menu={{
          items: [
            { key: "rename", label: t("sources.rename") },
            { key: "toggle", label: t(source.enabled ? "sources.turnOff" : "sources.turnOn") },
            { key: "newKey", label: t("sources.newKey") },
            { type: "divider" },
            { key: "remove", label: t("sources.remove"), danger: true },
          ],
          onClick: ({ key }) => {
            if (key === "rename") setRenaming(true);
            if (key === "toggle") changes.change.mutate({ id, enabled: !source.enabled });
            if (key === "newKey") ask("newKey", () => changes.change.mutate({ id, new_key: true }));
            if (key === "remove") ask("remove", () => changes.remove.mutate(id));
          },
        }}
      >
        <Button
          type="text"
          size="small"
          icon={<Icon name="more" />}
          aria-label={t("sources.actions", { name: source.name })}
        />
      </Menu>
      {renaming && <SourceForm source={source} close={() => setRenaming(false)} />}
    </>
  );
}
