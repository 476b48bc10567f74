import { useState } from "react";
import { useBoards, useCreateBoard, useSaveBoard, withTile } from "@/api";
import { useEditing } from "@/editors";
import { Bone, Input, Modal, Radio, useNotify } from "@/ui";
import styles from "./analyse.module.css";

/** Puts an answer or a metric on a board, an old or a new one. */
export function SaveToBoard({
  kind,
  params,
  view,
  title,
  onClose,
}: {
  kind: string;
  params: object;
  view: string | null;
  title: string;
  onClose: () => void;
}) {
  const { say, project } = useEditing();
  const { message } = useNotify();
  const boards = useBoards(project.id);
  const create = useCreateBoard(project.id);
  const save = useSaveBoard(project.id);
  const [name, setName] = useState(title);
  const [chosen, setChosen] = useState<string | null>(null);
  const [fresh, setFresh] = useState("");
  const board = chosen ?? boards.data?.[0]?.id ?? "new";
  const tile = { title: name || title, kind, params: params as Record<string, unknown>, view };
  const submit = async () => {
    try {
      if (board === "new") {
        const empty = { id: "", name: fresh || say("board.new_name"), tiles: [], updated_at: "" };
        await create.mutateAsync({ name: empty.name, tiles: withTile(empty, tile).tiles });
      } else {
        const held = boards.data?.find((each) => each.id === board);
        if (held) await save.mutateAsync(withTile(held, tile));
      }
      message.success(say("board.saved"));
      onClose();
    } catch {
      message.error(say("board.failed"));
    }
  };
  return (
    <Modal
      open
      title={say("board.title")}
      onCancel={onClose}
      onOk={() => void submit()}
      okText={say("board.save")}
      cancelText={say("cancel")}
      confirmLoading={create.isPending || save.isPending}
      okButtonProps={{ disabled: boards.isPending }}
    >
      <div className={styles.form}>
        <label>
          {say("board.tile")}
          <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={120} />
        </label>
        {/* The choice is offered once it stands: it must not change under the hand. */}
        {boards.isPending && <Bone w="60%" h={16} />}
        {!boards.isPending && (
          <Radio.Group
            value={board}
            onChange={({ target }) => setChosen(target.value as string)}
            style={{ display: "grid", gap: 6 }}
            options={[
              ...(boards.data ?? []).map((each) => ({ value: each.id, label: each.name })),
              { value: "new", label: say("board.new") },
            ]}
          />
        )}
        {!boards.isPending && board === "new" && (
          <Input
            placeholder={say("board.new_name")}
            aria-label={say("board.new")}
            value={fresh}
            onChange={(event) => setFresh(event.target.value)}
          />
        )}
      </div>
    </Modal>
  );
}
