import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useSegmentChanges, useSegmentCount, useSegments } from "@/api";
import type { Segment } from "@/api";
import { NameForm } from "@/pages/boards/NameForm";
import { writeQuestion } from "@/pages/analyse/address";
import type { Asked } from "@/api/questions";
import { Failed, useAddress, useFormat, useMayEdit, usePeopleDrawer, useProject } from "@/shell";
import { savePeople } from "@/shell/people-file";
import { Bone, BoneRows, Button, Empty, Icon, List, Menu, OpenFigure, Page, useNotify } from "@/ui";
import styles from "./people.module.css";
import { UploadList } from "./UploadList";

/** People worth asking about again: who they are, how many now, and what rests on them. */
export function Segments() {
  const { t } = useTranslation("people");
  const segments = useSegments(useProject().id);
  const address = useAddress();
  const go = useNavigate();
  const mayEdit = useMayEdit();
  const [uploading, setUploading] = useState(false);
  const all = segments.data ?? [];
  const upload = mayEdit && (
    <Button icon={<Icon name="upload" size={14} />} onClick={() => setUploading(true)}>
      {t("segments.upload")}
    </Button>
  );
  return (
    <Page title={t("segments.title")} lead={t("segments.lead")} actions={all.length > 0 && upload}>
      {segments.error ? (
        <Failed error={segments.error} retry={() => void segments.refetch()} />
      ) : !segments.data ? (
        <BoneRows rows={4} />
      ) : all.length === 0 ? (
        <Empty
          title={t("segments.empty")}
          action={
            <span className={styles.buttons}>
              <Button type="primary" onClick={() => void go(address("/analyse/trends"))}>
                {t("segments.ask")}
              </Button>
              {upload}
            </span>
          }
        >
          {t("segments.emptyText")}
        </Empty>
      ) : (
        <List
          label={t("segments.title")}
          head={
            <>
              <th>{t("segments.name")}</th>
              <th>{t("segments.kind")}</th>
              <th data-right>{t("segments.count")}</th>
              <th data-wide>{t("segments.used")}</th>
              <th data-wide>{t("segments.by")}</th>
              <th data-wide data-right>
                {t("segments.changed")}
              </th>
              <th aria-hidden="true" />
            </>
          }
        >
          {all.map((segment) => (
            <Row key={segment.id} segment={segment} />
          ))}
        </List>
      )}
      {uploading && <UploadList close={() => setUploading(false)} />}
    </Page>
  );
}

function Row({ segment }: { segment: Segment }) {
  const { t } = useTranslation("people");
  const format = useFormat();
  const address = useAddress();
  const count = useSegmentCount(useProject().id, segment);
  const open = usePeopleDrawer();
  const show = () => open({ segment: segment.id, title: segment.name });
  const note = segment.size === null ? "" : t("segments.listOf", { shown: format.exact(segment.size) });
  return (
    <tr>
      <td>
        <button type="button" className={styles.open} onClick={show} title={t("segments.people")}>
          {segment.name}
        </button>
      </td>
      <td data-tight title={note}>
        {t(`segments.kinds.${segment.kind}`)}
      </td>
      <td data-right>
        {count.error ? (
          <span className={styles.type} title={count.error.message}>
            {t("segments.failed")}
          </span>
        ) : count.data === undefined ? (
          <Bone w={48} />
        ) : (
          <OpenFigure onOpen={show} title={t("segments.people")}>
            {format.exact(count.data)}
          </OpenFigure>
        )}
      </td>
      <td data-wide>
        {segment.used.length === 0
          ? t("segments.unused")
          : segment.used.map((use, index) => (
              <span key={use.id}>
                {index > 0 && " · "}
                {use.kind === "board" ? (
                  <Link to={address(`/boards/${use.id}`)}>
                    {t("segments.uses.board", { name: use.name })}
                  </Link>
                ) : (
                  t(`segments.uses.${use.kind}`, { name: use.name })
                )}
              </span>
            ))}
      </td>
      <td data-wide>{segment.by === "local" ? t("segments.local") : segment.by}</td>
      <td data-wide data-right>
        {format.ago(segment.updated_at)}
      </td>
      <td data-right>
        <Actions segment={segment} show={show} />
      </td>
    </tr>
  );
}

const ANYTHING = { series: [{ step: { any_of: [{ event: "*" }] }, measure: { kind: "people" } }] };

function Actions({ segment, show }: { segment: Segment; show: () => void }) {
  const { t } = useTranslation(["people", "shell"]);
  const project = useProject();
  const address = useAddress();
  const go = useNavigate();
  const mayEdit = useMayEdit();
  const { message } = useNotify();
  const [renaming, setRenaming] = useState(false);
  const { rename } = useSegmentChanges(project.id);
  const remove = useRemove(segment);
  const { answer } = segment;
  const does: Record<string, () => void> = {
    people: show,
    open: () =>
      answer && void go(address(`/analyse/${answer.kind}`, writeQuestion(answer.params as Asked, null))),
    askOf: () =>
      void go(
        address(
          "/analyse/trends",
          writeQuestion({ ...ANYTHING, people: { segments: [segment.id] } } as Asked, null),
        ),
      ),
    export: () =>
      void savePeople(project.id, { segment: segment.id }, t("shell:drawer.heads").split("|")).catch(() =>
        message.error(t("segments.notSaved")),
      ),
    rename: () => setRenaming(true),
    remove,
  };
  return (
    <>
      <Menu
        trigger={["click"]}
        placement="bottomRight"
        menu={{
          items: [
            { key: "people", label: t("segments.people") },
            { key: "askOf", label: t("segments.askOf") },
            ...(answer ? [{ key: "open", label: t("segments.open") }] : []),
            { key: "export", label: t("segments.export") },
            ...(mayEdit
              ? [
                  { type: "divider" as const },
                  { key: "rename", label: t("segments.rename") },
                  { key: "remove", label: t("segments.remove"), danger: true },
                ]
              : []),
          ],
          onClick: ({ key }) => does[key]?.(),
        }}
      >
        <Button
          type="text"
          size="small"
          icon={<Icon name="more" />}
          aria-label={t("segments.actions", { name: segment.name })}
        />
      </Menu>
      {renaming && (
        <NameForm
          title={t("segments.rename")}
          name={segment.name}
          close={() => setRenaming(false)}
          save={(name) =>
            rename.mutate(
              { id: segment.id, name },
              {
                onSuccess: () => setRenaming(false),
                onError: (error) => void message.error(error.message),
              },
            )
          }
        />
      )}
    </>
  );
}

/** Deletes at once; the note that says so can undo it. */
function useRemove(segment: Segment) {
  const { t } = useTranslation(["people", "common"]);
  const { message } = useNotify();
  const { remove, restore } = useSegmentChanges(useProject().id);
  const said = segment.used.length > 0 ? "segments.removedUsed" : "segments.removed";
  const undo = () => {
    message.destroy(`removed-${segment.id}`);
    restore.mutate(segment.id, { onError: (error) => void message.error(error.message) });
  };
  // Told by the promise: this row is gone by then, and with it what is told to it.
  return () =>
    void remove.mutateAsync(segment.id).then(
      () =>
        message.info({
          key: `removed-${segment.id}`,
          duration: 8,
          content: (
            <>
              {t(said, { name: segment.name })}{" "}
              <Button type="link" size="small" onClick={undo}>
                {t("common:undo")}
              </Button>
            </>
          ),
        }),
      (error: Error) => message.error(error.message),
    );
}
