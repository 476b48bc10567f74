import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNoteChanges } from "@/api";
import type { Note } from "@/api";
import { DatePicker, Field, Form, Input, Modal } from "@/ui";
import { dayjs } from "@/ui/dayjs";
import { Failed } from "./Failed";
import { useFormat } from "./format";
import styles from "./notes.module.css";
import { useProject } from "./place";

/** Writes a note, or changes one: what happened, on which day, and where it matters at what time and how long. */
export function NoteForm({ note, close }: { note: Note | null; close: () => void }) {
  const { t } = useTranslation(["notes", "common"]);
  const { today } = useFormat();
  const { save } = useNoteChanges(useProject().id);
  const [text, setText] = useState(note?.text ?? "");
  const [on, setOn] = useState(note?.on ?? today());
  const [to, setTo] = useState(note?.to ?? "");
  const finish = () => {
    if (!text.trim() || save.isPending) return;
    save.mutate({ id: note?.id ?? null, text: text.trim(), on, to: to || null }, { onSuccess: close });
  };
  return (
    <Modal
      open
      title={t(note ? "edit" : "new")}
      onCancel={close}
      onOk={finish}
      okText={t("common:save")}
      okButtonProps={{ disabled: !text.trim(), loading: save.isPending }}
      cancelText={t("common:cancel")}
      width={440}
    >
      <Form layout="vertical" requiredMark={false}>
        <Field label={t("text")} htmlFor="note-text">
          <Input
            id="note-text"
            value={text}
            maxLength={200}
            placeholder={t("example")}
            autoFocus
            onChange={(event) => setText(event.target.value)}
            onPressEnter={finish}
          />
        </Field>
        <div className={styles.span}>
          <WhenField label={t("on")} time={t("onTime")} value={on} change={setOn} />
          <WhenField label={t("to")} time={t("toTime")} value={to} change={setTo} clearable from={on} />
        </div>
      </Form>
      {save.error && <Failed error={save.error} />}
    </Modal>
  );
}

/** A day, with a time of day or without. */
function WhenField({
  label,
  time,
  value,
  change,
  clearable = false,
  from,
}: {
  label: string;
  time: string;
  value: string;
  change: (value: string) => void;
  clearable?: boolean;
  from?: string;
}) {
  const [day, clock] = [value.slice(0, 10), value.slice(11)];
  const put = (newDay: string, newClock: string) =>
    change(newDay && newClock ? `${newDay}T${newClock}` : newDay);
  return (
    <Field label={label}>
      <div className={styles.moment}>
        <DatePicker
          aria-label={label}
          value={day ? dayjs(day) : null}
          allowClear={clearable}
          {...(from ? { minDate: dayjs(from.slice(0, 10)) } : {})}
          onChange={(next) => put(next?.format("YYYY-MM-DD") ?? "", next ? clock : "")}
        />
        <Input
          type="time"
          aria-label={time}
          value={clock}
          disabled={!day}
          onChange={(event) => put(day, event.target.value)}
        />
      </div>
    </Field>
  );
}
