import { useState } from "react";
import { useBoards, useCreateBoard, useSaveBoard, withTile } from "@/api";
import type { Cell, Params } from "@/api/questions";
import { csv } from "@/charts";
import type { ChartHandle, TableModel } from "@/charts";
import { useEditing } from "@/editors";
import { Bone, Button, Icon, Input, Menu, Modal, Radio, useNotify } from "@/ui";
import { command, curl } from "./commands";
import type { AnalysisKit } from "./kit";
import styles from "./analyse.module.css";

function download(name: string, href: string): void {
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

export interface ActionsProps {
  kit: AnalysisKit;
  params: Params;
  view: string | null;
  title: string;
  /** The address of this view in full: nothing left to what happens to be remembered. */
  link: string;
  table: TableModel<Cell> | null;
  chart: React.RefObject<ChartHandle | null>;
}

/** What can be done with an answer: hand it on, keep it, take it out, ask it elsewhere. */
export function Actions({ kit, params, view, title, link, table, chart }: ActionsProps) {
  const { say, today } = useEditing();
  const { message } = useNotify();
  const [saving, setSaving] = useState(false);
  const [coding, setCoding] = useState(false);
  const { kind } = kit;
  const file = `${kind}-${today}`;
  return (
    <>
      <Button
        size="small"
        icon={<Icon name="link" size={14} />}
        onClick={() => void copy(link).then((done) => message.info(done ? say("action.link_copied") : link))}
      >
        {say("action.copy_link")}
      </Button>
      <Button size="small" icon={<Icon name="boards" size={14} />} onClick={() => setSaving(true)}>
        {say("action.save")}
      </Button>
      <Menu
        trigger={["click"]}
        menu={{
          items: [
            { key: "csv", label: say("action.csv"), disabled: table === null },
            { key: "png", label: say("action.png") },
            { type: "divider" },
            { key: "code", label: say("action.code") },
          ],
          onClick: ({ key }) => {
            if (key === "csv" && table) {
              const href = URL.createObjectURL(new Blob([csv(table)], { type: "text/csv;charset=utf-8" }));
              download(`${file}.csv`, href);
              URL.revokeObjectURL(href);
            }
            if (key === "png") {
              if (chart.current) void chart.current.png().then((href) => download(`${file}.png`, href));
              else message.info(say("action.no_chart"));
            }
            if (key === "code") setCoding(true);
          },
        }}
      >
        <Button size="small" icon={<Icon name="download" size={14} />}>
          {say("action.export")}
        </Button>
      </Menu>
      {saving && (
        <SaveToBoard kind={kind} params={params} view={view} title={title} onClose={() => setSaving(false)} />
      )}
      <Code open={coding} kit={kit} params={params} onClose={() => setCoding(false)} />
    </>
  );
}

/** Asks which board a question goes to, and puts it there. */
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

function Code({
  open,
  kit,
  params,
  onClose,
}: {
  open: boolean;
  kit: AnalysisKit;
  params: Params;
  onClose: () => void;
}) {
  const { say, project } = useEditing();
  const { message } = useNotify();
  const parts = [
    { key: "api", text: curl(location.origin, project.id, kit.kind, params) },
    { key: "cli", text: command(project.id, kit.kind, params, kit.flags?.(params) ?? null) },
  ] as const;
  return (
    <Modal open={open} title={say("code.title")} onCancel={onClose} footer={null} width={640}>
      <p className={styles.note}>{say("code.note")}</p>
      {parts.map(({ key, text }) => (
        <section key={key} className={styles.code}>
          <header>
            <b>{say(`code.${key}`)}</b>
            <Button
              size="small"
              type="text"
              icon={<Icon name="copy" size={14} />}
              onClick={() => void copy(text).then((done) => done && message.info(say("code.copied")))}
            >
              {say("code.copy")}
            </Button>
          </header>
          <pre>{text}</pre>
        </section>
      ))}
    </Modal>
  );
}
