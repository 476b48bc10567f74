import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRemoveSql, useSavedSql, useSaveSql } from "@/api";
import type { SavedSql, SqlQuery } from "@/api";
import { useMayEdit, useProject } from "@/shell";
import { Button, Icon, Input, Menu, Modal, useNotify } from "@/ui";
import styles from "./sql.module.css";

interface Props {
  query: SqlQuery;
  held: SavedSql | null;
  open: (saved: SavedSql) => void;
  forget: () => void;
}

/** Keeping a query under a name, and opening those that are kept. */
export function Saved({ query, held, open, forget }: Props) {
  const { t } = useTranslation("sql");
  const project = useProject();
  const mayEdit = useMayEdit();
  const saved = useSavedSql(project.id);
  const save = useSaveSql(project.id);
  const remove = useRemoveSql(project.id);
  const { message } = useNotify();
  const [naming, setNaming] = useState(false);
  const failed = () => void message.error(t("saved.failed"));
  const replace = () =>
    save.mutate(
      { ...query, id: held!.id, name: held!.name },
      { onSuccess: () => void message.success(t("saved.done")), onError: failed },
    );
  const list = saved.data ?? [];
  return (
    <>
      <Menu
        trigger={["click"]}
        menu={{
          items:
            list.length > 0
              ? list.map((each) => ({ key: each.id, label: each.name }))
              : [{ key: "", label: t("saved.none"), disabled: true }],
          onClick: ({ key }) => {
            const found = list.find((each) => each.id === key);
            if (found) open(found);
          },
          style: { maxHeight: 360, overflow: "auto" },
        }}
      >
        <Button size="small" icon={<Icon name="book" size={14} />}>
          {t("saved.open")}
        </Button>
      </Menu>
      {mayEdit && (
        <Menu
          trigger={["click"]}
          disabled={!query.sql.trim()}
          menu={{
            items: [
              ...(held ? [{ key: "save", label: t("saved.replace", { name: held.name }) }] : []),
              { key: "new", label: t("saved.asNew") },
              ...(held
                ? [{ key: "remove", label: t("saved.remove", { name: held.name }), danger: true }]
                : []),
            ],
            onClick: ({ key }) => {
              if (key === "save") replace();
              if (key === "new") setNaming(true);
              if (key === "remove" && held) {
                remove.mutate(held.id, {
                  onSuccess: () => {
                    forget();
                    void message.success(t("saved.removed"));
                  },
                  onError: failed,
                });
              }
            },
          }}
        >
          <Button size="small" icon={<Icon name="star" size={14} />} disabled={!query.sql.trim()}>
            {t("saved.save")}
          </Button>
        </Menu>
      )}
      {naming && (
        <Naming
          close={() => setNaming(false)}
          save={(name) =>
            save.mutate(
              { ...query, name },
              {
                onSuccess: (made) => {
                  setNaming(false);
                  open(made);
                  void message.success(t("saved.done"));
                },
                onError: failed,
              },
            )
          }
        />
      )}
    </>
  );
}

function Naming({ close, save }: { close: () => void; save: (name: string) => void }) {
  const { t } = useTranslation("sql");
  const common = useTranslation();
  const [name, setName] = useState("");
  const submit = () => name.trim() && save(name.trim());
  return (
    <Modal
      open
      title={t("saved.title")}
      okText={t("saved.save")}
      cancelText={common.t("cancel")}
      onOk={submit}
      onCancel={close}
      okButtonProps={{ disabled: !name.trim() }}
    >
      <label className={styles.naming}>
        {t("saved.name")}
        <Input
          autoFocus
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.target.value)}
          onPressEnter={submit}
        />
      </label>
    </Modal>
  );
}
