import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useRejected, useRejectedChanges } from "@/api";
import type { RejectedItem, Which } from "@/api";
import { Failed, useFormat, useMayEdit, useNames, useProject } from "@/shell";
import { BoneRows, Button, Checkbox, Code, Empty, Page, Pagination, useNotify } from "@/ui";
import { MendRejected } from "./MendRejected";
import styles from "./data.module.css";

const SIZE = 50;

/** What could not be kept, by reason; replayed once the cause is mended. */
export function Rejected() {
  const { t } = useTranslation("data");
  const project = useProject();
  const format = useFormat();
  const mayEdit = useMayEdit();
  const [search, setSearch] = useSearchParams();
  const code = search.get("code");
  const [page, setPage] = useState(1);
  const [picked, setPicked] = useState<string[]>([]);
  const rejected = useRejected(project.id, code, (page - 1) * SIZE, SIZE);
  const actions = useActions(() => setPicked([]));
  const choose = (next: string | null) => {
    setPage(1);
    setPicked([]);
    setSearch((before) => {
      const after = new URLSearchParams(before);
      if (next) after.set("code", next);
      else after.delete("code");
      return after;
    });
  };
  const total = rejected.data?.total ?? 0;
  const which: Which = picked.length > 0 ? { ids: picked } : code ? { code } : { all: true };
  const many = picked.length > 0 ? picked.length : total;
  const everything = rejected.data?.by_code.reduce((sum, each) => sum + each.count, 0) ?? 0;
  return (
    <Page
      title={t("rejected.title")}
      lead={t("rejected.lead")}
      actions={
        mayEdit &&
        total > 0 && (
          <>
            <Button onClick={() => actions.remove(which, many)}>{t("rejected.removeAll")}</Button>
            <Button type="primary" loading={actions.replaying} onClick={() => actions.replay(which)}>
              {t("rejected.replayAll", { count: many, shown: format.exact(many) })}
            </Button>
          </>
        )
      }
    >
      {rejected.error ? (
        <Failed error={rejected.error} retry={() => void rejected.refetch()} />
      ) : !rejected.data ? (
        <BoneRows rows={8} />
      ) : everything === 0 ? (
        <Empty title={t("rejected.empty")}>{t("rejected.emptyText")}</Empty>
      ) : (
        <>
          <div className={styles.reasons}>
            <button type="button" className={styles.reason} aria-pressed={!code} onClick={() => choose(null)}>
              {t("rejected.all")}
              <b>{format.exact(everything)}</b>
            </button>
            {rejected.data.by_code.map((each) => (
              <button
                type="button"
                key={each.code}
                className={styles.reason}
                aria-pressed={code === each.code}
                onClick={() => choose(each.code)}
              >
                <code>{each.code}</code>
                <b>{format.exact(each.count)}</b>
              </button>
            ))}
          </div>
          <div className={styles.stream}>
            {rejected.data.items.map((item) => (
              <Item
                key={item.id}
                item={item}
                picked={picked.includes(item.id)}
                pick={(on) => setPicked(on ? [...picked, item.id] : picked.filter((id) => id !== item.id))}
                replay={mayEdit ? () => actions.replay({ ids: [item.id] }) : undefined}
              />
            ))}
          </div>
          {rejected.data.items.length === 0 && <Empty title={t("rejected.emptyCode")} />}
          {total > SIZE && (
            <Pagination
              current={page}
              pageSize={SIZE}
              total={total}
              onChange={setPage}
              showSizeChanger={false}
              style={{ marginTop: 16 }}
            />
          )}
        </>
      )}
    </Page>
  );
}

function useActions(after: () => void) {
  const { t } = useTranslation("data");
  const { message, modal } = useNotify();
  const changes = useRejectedChanges(useProject().id);
  const failed = (error: Error) => void message.error(error.message || t("live.state.lost"));
  return {
    replaying: changes.replay.isPending,
    replay: (which: Which) =>
      changes.replay.mutate(which, {
        onSuccess: (answer) => {
          after();
          void message.info(t("rejected.done", { ...answer }));
        },
        onError: failed,
      }),
    remove: (which: Which, many: number) =>
      void modal.confirm({
        title: t("rejected.sure", { shown: many }),
        content: t("rejected.sureText"),
        okText: t("rejected.remove"),
        okButtonProps: { danger: true },
        icon: null,
        onOk: () => changes.remove.mutate(which, { onSuccess: after, onError: failed }),
      }),
  };
}

function Item({
  item,
  picked,
  pick,
  replay,
}: {
  item: RejectedItem;
  picked: boolean;
  pick: (on: boolean) => void;
  replay?: () => void;
}) {
  const { t } = useTranslation(["data", "common"]);
  const format = useFormat();
  const names = useNames();
  const [open, setOpen] = useState(false);
  const [editing, setEditing] = useState(false);
  return (
    <details
      className={styles.reject}
      onToggle={(event) => setOpen((event.target as HTMLDetailsElement).open)}
    >
      <summary>
        {/* The box must not open the row it stands in. */}
        <Checkbox
          checked={picked}
          aria-label={item.message}
          onClick={(event) => event.stopPropagation()}
          onChange={(event) => pick(event.target.checked)}
        />
        <span className={styles.muted}>
          {format.stamp(item.received)}
          <small>{names.source(item.source)}</small>
        </span>
        <span>
          {item.message}
          {item.hint && <small>{item.hint}</small>}
        </span>
        <code className={styles.muted}>{item.field ?? item.code}</code>
      </summary>
      {open && editing && (
        <div className={styles.open}>
          <MendRejected item={item} close={() => setEditing(false)} />
        </div>
      )}
      {open && !editing && (
        <div className={styles.open}>
          <Code copy={t("common:copy")} copied={t("common:copied")}>
            {typeof item.body === "string" ? item.body : JSON.stringify(item.body, null, 2)}
          </Code>
          {replay && (
            <div style={{ display: "flex", gap: 8, marginTop: 8 }}>
              <Button size="small" onClick={replay}>
                {t("rejected.replay")}
              </Button>
              <Button size="small" onClick={() => setEditing(true)}>
                {t("rejected.edit")}
              </Button>
            </div>
          )}
        </div>
      )}
    </details>
  );
}
