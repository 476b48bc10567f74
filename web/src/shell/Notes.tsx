import { createContext, useContext, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNoteChanges } from "@/api";
import type { Note } from "@/api";
import { NotesContext } from "@/charts/notes-context";
import { Button, Icon, Modal, useNotify } from "@/ui";
import { Failed } from "./Failed";
import { useFormat } from "./format";
import { NoteForm } from "./NoteForm";
import styles from "./notes.module.css";
import { useMayEdit, useProject } from "./place";

const Adding = createContext<() => void>(() => {});

/** Lets every chart over time show the project's notes, and opens those that are pressed. */
export function NotesProvider({ children }: { children: ReactNode }) {
  const project = useProject().id;
  const when = useWhen();
  const [shown, show] = useState<Note[]>([]);
  /** The note in the form; null: a new one. */
  const [written, write] = useState<Note | null | undefined>(undefined);
  const here = useMemo(() => ({ project, when, show }), [project, when]);
  return (
    <NotesContext.Provider value={here}>
      <Adding.Provider value={useMemo(() => () => write(null), [])}>
        {children}
        {shown.length > 0 && <Shown notes={shown} show={show} edit={(note) => (show([]), write(note))} />}
        {written !== undefined && <NoteForm note={written} close={() => write(undefined)} />}
      </Adding.Provider>
    </NotesContext.Provider>
  );
}

/** Adds a note; nothing for those who may not. */
export function AddNote() {
  const { t } = useTranslation("notes");
  const add = useContext(Adding);
  return useMayEdit() ? (
    <Button type="text" size="small" icon={<Icon name="plus" size={14} />} title={t("addHint")} onClick={add}>
      {t("add")}
    </Button>
  ) : null;
}

/** When a note holds, in words: 11 Nov, 11 Nov 15:00, 11 Nov – 13 Nov. */
function useWhen(): (note: Pick<Note, "on" | "to">) => string {
  const { day } = useFormat();
  return useMemo(() => {
    const one = (text: string) => [day(text, false), text.slice(11)].filter(Boolean).join(" ");
    return ({ on, to }) => (to === null ? one(on) : `${one(on)} – ${one(to)}`);
  }, [day]);
}

function Shown({
  notes,
  show,
  edit,
}: {
  notes: Note[];
  show: (notes: Note[]) => void;
  edit: (note: Note) => void;
}) {
  const { t } = useTranslation(["notes", "common"]);
  const when = useWhen();
  const { message } = useNotify();
  const mayEdit = useMayEdit();
  const { save, remove } = useNoteChanges(useProject().id);
  const drop = ({ id, text, on, to }: Note) =>
    remove.mutate(id, {
      onSuccess: () => {
        show(notes.filter((note) => note.id !== id));
        void message.success(
          <>
            {t("removed")}{" "}
            <Button type="link" size="small" onClick={() => save.mutate({ id: null, text, on, to })}>
              {t("common:undo")}
            </Button>
          </>,
        );
      },
    });
  return (
    <Modal open title={t("title")} footer={null} onCancel={() => show([])} width={440}>
      <ul className={styles.notes}>
        {notes.map((note) => (
          <li key={note.id}>
            <p className={styles.text}>{note.text}</p>
            <p className={styles.when}>
              {when(note)} · {note.by === "local" ? t("common:version.local") : note.by}
            </p>
            {mayEdit && (
              <span className={styles.actions}>
                <Button size="small" type="text" onClick={() => edit(note)}>
                  {t("common:edit")}
                </Button>
                <Button
                  size="small"
                  type="text"
                  danger
                  disabled={remove.isPending}
                  onClick={() => drop(note)}
                >
                  {t("remove")}
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {remove.error && <Failed error={remove.error} />}
    </Modal>
  );
}
