import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useBoards, useCreateBoard } from "@/api";
import { Failed, useAddress, useFormat, useMayEdit, useProject } from "@/shell";
import { BoneRows, Button, Empty, Icon, Page } from "@/ui";
import styles from "./boards.module.css";

export function Boards() {
  const { t } = useTranslation("boards");
  const project = useProject();
  const boards = useBoards(project.id);
  const create = useCreateBoard(project.id);
  const format = useFormat();
  const address = useAddress();
  const go = useNavigate();
  const mayEdit = useMayEdit();
  const add = mayEdit && (
    <Button
      type="primary"
      icon={<Icon name="plus" size={14} />}
      loading={create.isPending}
      onClick={() =>
        create.mutate(
          { name: t("untitled"), tiles: [] },
          { onSuccess: (board) => void go(address(`/boards/${board.id}`, { rename: "1" })) },
        )
      }
    >
      {t("new")}
    </Button>
  );
  return (
    <Page title={t("title")} lead={t("lead")} actions={!!boards.data?.length && add}>
      {create.error && <Failed error={create.error} />}
      {boards.error ? (
        <Failed error={boards.error} retry={() => void boards.refetch()} />
      ) : !boards.data ? (
        <BoneRows rows={4} />
      ) : boards.data.length === 0 ? (
        <Empty title={t("empty")} action={add}>
          {t("emptyText")}
        </Empty>
      ) : (
        <ul className={styles.list}>
          {boards.data.map((board) => (
            <li key={board.id}>
              <Link to={address(`/boards/${board.id}`)} className={styles.item}>
                <b>{board.name}</b>
                <span>{t("changed", { ago: format.ago(board.updated_at) })}</span>
                <span>{t("tiles", { count: board.tiles.length })}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
