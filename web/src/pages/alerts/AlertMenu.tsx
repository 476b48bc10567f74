import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAlertChanges } from "@/api";
import type { Alert } from "@/api";
import { useFormat, useMayEdit, useProject } from "@/shell";
import { Button, Icon, Menu, useNotify } from "@/ui";
import { AlertForm } from "./AlertForm";
import { inSome, useAlertWords } from "./words";

const DAY = 86_400_000;
const MUTES = { day: DAY, week: 7 * DAY, month: 30 * DAY } as const;

/** What can be done with an alert. */
export function AlertMenu({ alert, show }: { alert: Alert; show?: () => void }) {
  const { t } = useTranslation("alerts");
  const { message, modal } = useNotify();
  const format = useFormat();
  const mayEdit = useMayEdit();
  const words = useAlertWords();
  const { check, test, mute, remove } = useAlertChanges(useProject().id);
  const [editing, setEditing] = useState(false);
  const title = words.title(alert);
  const muted = alert.muted_until !== null;
  const failed = (error: Error) => void message.error(error.message);
  const doCheck = () =>
    check.mutate(alert.name, {
      onError: failed,
      onSuccess: ({ check: found, again, problem }) => {
        if (problem) void message.error(format.say(problem));
        else if (!found) void message.success(t("nothingNew"));
        else if (found.arrivals) void message.warning(words.told(found.arrivals));
        else
          void message.success(
            t(again ? "checkedBefore" : "checked", { period: format.day(format.dayOf(found.start), false) }),
          );
      },
    });
  const doTest = () =>
    test.mutate(alert.name, {
      onError: failed,
      onSuccess: (sent) => {
        const lost = sent.find(({ state }) => state !== "sent");
        if (lost) void message.error(t("untested", { name: lost.destination, error: lost.error }));
        else void message.success(t("tested", { names: sent.map((one) => one.destination).join(" · ") }));
      },
    });
  const doRemove = () =>
    void modal.confirm({
      title: t("sure", { name: title }),
      content: t("sureText"),
      okText: t("remove"),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => remove.mutateAsync(alert.name).catch(failed),
    });
  const act = (key: string) => {
    if (key === "open") show?.();
    else if (key === "edit") setEditing(true);
    else if (key === "check") doCheck();
    else if (key === "test") doTest();
    else if (key === "remove") doRemove();
    else if (key === "unmute") mute.mutate({ name: alert.name, until: null }, { onError: failed });
    else
      mute.mutate({ name: alert.name, until: inSome(MUTES[key as keyof typeof MUTES]) }, { onError: failed });
  };
  const items = [
    ...(show ? [{ key: "open", label: t("open") }] : []),
    ...(mayEdit
      ? [
          { key: "edit", label: t("edit") },
          { key: "test", label: t("test"), disabled: alert.definition.to.length === 0 },
          { key: "check", label: t("check") },
          muted
            ? { key: "unmute", label: t("unmute") }
            : {
                key: "mute",
                label: t("mute"),
                children: Object.keys(MUTES).map((key) => ({
                  key,
                  label: t(`mutes.${key as keyof typeof MUTES}`),
                })),
              },
          { type: "divider" as const },
          { key: "remove", label: t("remove"), danger: true },
        ]
      : []),
  ];
  return (
    <>
      <Menu
        trigger={["click"]}
        placement="bottomRight"
        menu={{ items, onClick: ({ key }) => act(key), triggerSubMenuAction: "click" }}
      >
        <Button
          type="text"
          size="small"
          icon={<Icon name="more" />}
          aria-label={t("actions", { name: title })}
        />
      </Menu>
      {editing && <AlertForm alert={alert} close={() => setEditing(false)} />}
    </>
  );
}
