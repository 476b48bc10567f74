import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useConnectorChanges } from "@/api";
import type { Connector } from "@/api";
import { useMayEdit, useMayOwn, useProject } from "@/shell";
import { Button, Icon, Menu, useNotify } from "@/ui";
import { ReadAgain } from "./ReadAgain";

/** What can be done with a connector. */
export function ConnectorMenu({ connector, edit }: { connector: Connector; edit: () => void }) {
  const { t } = useTranslation("data");
  const { message, modal } = useNotify();
  const { run, pause, remove } = useConnectorChanges(useProject().id);
  const [again, setAgain] = useState(false);
  const mayEdit = useMayEdit();
  const owns = useMayOwn();
  const { name } = connector;
  const paused = connector.state === "paused";
  const failed = (error: Error) => void message.error(error.message);
  const ask = () =>
    void modal.confirm({
      title: t("connectors.sureRemove", { name }),
      content: t("connectors.sureRemoveText"),
      okText: t("connectors.remove"),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => remove.mutateAsync(name).catch(failed),
    });
  if (!mayEdit) return null;
  return (
    <>
      <Menu
        trigger={["click"]}
        placement="bottomRight"
        menu={{
          items: [
            { key: "run", label: t("connectors.run"), disabled: paused || connector.state === "running" },
            { key: "pause", label: t(paused ? "connectors.resume" : "connectors.pause") },
            { key: "again", label: t("connectors.again") },
            { type: "divider" },
            { key: "edit", label: t("connectors.edit"), disabled: !owns },
            { key: "remove", label: t("connectors.remove"), danger: true, disabled: !owns },
          ],
          onClick: ({ key }) => {
            if (key === "run")
              run.mutate(name, {
                onError: failed,
                onSuccess: () => void message.success(t("connectors.started", { name })),
              });
            if (key === "pause") pause.mutate({ name, paused: !paused }, { onError: failed });
            if (key === "again") setAgain(true);
            if (key === "edit") edit();
            if (key === "remove") ask();
          },
        }}
      >
        <Button
          type="text"
          size="small"
          icon={<Icon name="more" />}
          aria-label={t("connectors.actions", { name })}
        />
      </Menu>
      {again && <ReadAgain name={name} close={() => setAgain(false)} />}
    </>
  );
}
