import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { asProblem, useBoard, useDeleteBoard, useSaveBoard } from "@/api";
import type { Board as BoardData, Tile } from "@/api";
import { Failed, useAddress, useMayEdit, useProject } from "@/shell";
import { Bone, Button, Empty, Icon, Menu, Page, useNotify } from "@/ui";

import back from "@/ui/back.module.css";
import styles from "./boards.module.css";
import { BoardGrid } from "./BoardGrid";
import { NameForm } from "./NameForm";

/** One board: answers side by side, moved and resized in place; every change is kept at once. */
export function Board() {
  const { t } = useTranslation("boards");
  const { id = "" } = useParams();
  const board = useBoard(useProject().id, id);
  const address = useAddress();
  if (board.data) return <Opened key={id} board={board.data} />;
  return (
    <Page title={board.error ? t("title") : <Bone w={160} h={20} />}>
      {board.error ? (
        <>
          <Failed error={board.error} retry={() => void board.refetch()} />
          <Link to={address("/boards")}>{t("back")}</Link>
        </>
      ) : (
        <Bone h={280} />
      )}
    </Page>
  );
}

function Opened({ board }: { board: BoardData }) {
  const { t } = useTranslation("boards");
  const [search, setSearch] = useSearchParams();
  const [arranging, setArranging] = useState(false);
  const [renaming, setRenaming] = useState(search.has("rename"));
  const { name, tiles, keep, saving } = useKept(board);
  const address = useAddress();
  const go = useNavigate();
  const mayEdit = useMayEdit();
  const { message } = useNotify();
  const remove = useRemove(board);

  const closeName = () => {
    setRenaming(false);
    if (search.has("rename"))
      setSearch(
        (before) => {
          const next = new URLSearchParams(before);
          next.delete("rename");
          return next;
        },
        { replace: true },
      );
  };
  const takeOff = (tile: Tile) => {
    const before = tiles;
    keep({ tiles: tiles.filter((each) => each.id !== tile.id) });
    void message.info({
      key: "taken-off",
      duration: 6,
      content: (
        <>
          {t("tileRemoved", { title: tile.title })}{" "}
          <Button type="link" size="small" onClick={() => keep({ tiles: before })}>
            {t("undo", { ns: "common" })}
          </Button>
        </>
      ),
    });
  };

  return (
    <Page
      tabTitle={name}
      title={
        <>
          <Link to={address("/boards")} className={back.back}>
            <Icon name="left" size={12} />
            {t("back")}
          </Link>
          <br />
          {name}
        </>
      }
      actions={
        mayEdit && (
          <>
            <span className={styles.saved} role="status">
              {saving ? t("saving") : ""}
            </span>
            {tiles.length > 0 && (
              <Button
                className={styles.wide}
                type={arranging ? "primary" : "default"}
                onClick={() => setArranging(!arranging)}
              >
                {t(arranging ? "done" : "edit")}
              </Button>
            )}
            <Menu
              trigger={["click"]}
              placement="bottomRight"
              menu={{
                items: [
                  { key: "rename", label: t("rename") },
                  { key: "remove", label: t("remove"), danger: true },
                ],
                onClick: ({ key }) => (key === "rename" ? setRenaming(true) : remove()),
              }}
            >
              <Button icon={<Icon name="more" />} aria-label={t("actionsBoard")} />
            </Menu>
          </>
        )
      }
    >
      {tiles.length === 0 ? (
        <Empty
          title={t("emptyBoard")}
          action={
            <Button type="primary" onClick={() => void go(address("/analyse/trends"))}>
              {t("ask")}
            </Button>
          }
        >
          {t("emptyBoardText")}
        </Empty>
      ) : (
        <BoardGrid
          tiles={tiles}
          arranging={arranging}
          change={mayEdit ? (next) => keep({ tiles: next }) : undefined}
          remove={mayEdit ? takeOff : undefined}
        />
      )}
      {renaming && (
        <NameForm
          title={t("rename")}
          name={name}
          close={closeName}
          save={(next) => {
            keep({ name: next });
            closeName();
          }}
        />
      )}
    </Page>
  );
}

/** The board as it stands on this page; what is changed is shown at once and saved in order. */
function useKept(board: BoardData) {
  const { t } = useTranslation("boards");
  const { message } = useNotify();
  const save = useSaveBoard(useProject().id);
  const [own, setOwn] = useState({ name: board.name, tiles: board.tiles });
  const queue = useRef(Promise.resolve(board));
  const keep = (change: Partial<typeof own>) => {
    const next = { ...own, ...change };
    setOwn(next);
    queue.current = queue.current.then((last) =>
      save.mutateAsync({ id: board.id, ...next, updated_at: last.updated_at }).catch((error: unknown) => {
        const problem = asProblem(error);
        void message.error(
          problem.code === "changed_meanwhile" ? t("conflict") : problem.message || problem.code,
        );
        return last;
      }),
    );
  };
  return { ...own, keep, saving: save.isPending };
}

function useRemove(board: BoardData) {
  const { t } = useTranslation("boards");
  const { message, modal } = useNotify();
  const remove = useDeleteBoard(useProject().id);
  const address = useAddress();
  const go = useNavigate();
  return () =>
    void modal.confirm({
      title: `${t("remove")}: ${board.name}`,
      okText: t("remove"),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () =>
        remove.mutate(board.id, {
          onSuccess: () => {
            void message.info(t("removed", { name: board.name }));
            void go(address("/boards"));
          },
          onError: (error) => void message.error(error.message),
        }),
    });
}
