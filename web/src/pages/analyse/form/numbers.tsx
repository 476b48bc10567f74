import { useState } from "react";
import { useEditing } from "@/editors";
import { Input, NumberInput } from "@/ui";
import { numberWords } from "./words";
import styles from "@/pages/analyse/analyse.module.css";

/** Money is typed in major units, lengths of time in minutes. */
function scaleOf(edit: string | undefined): number {
  return edit === "money" ? 100 : edit === "duration" ? 60_000 : 1;
}

export function NumberField({
  integer,
  min,
  max,
  edit,
  value,
  onChange,
  onDone,
}: {
  integer: boolean;
  min?: number;
  max?: number;
  edit?: string | undefined;
  value: number | null;
  onChange: (value: number | null) => void;
  onDone: () => void;
}) {
  const { say, project } = useEditing();
  const scale = scaleOf(edit);
  const unit = edit === "money" ? project.currency : edit === "duration" ? say("field.minutes") : undefined;
  return (
    <NumberInput
      size="small"
      data-autofocus
      style={{ width: 140 }}
      min={min === undefined ? undefined : min / scale}
      max={max === undefined ? undefined : max / scale}
      precision={integer && scale === 1 ? 0 : undefined}
      suffix={unit}
      value={value === null || value === undefined ? null : value / scale}
      onChange={(next) =>
        onChange(next === null ? null : integer ? Math.round(Number(next) * scale) : Number(next) * scale)
      }
      onPressEnter={onDone}
    />
  );
}

/** Numbers as people write them: 1, 3, 7. */
export function NumbersField({
  integer,
  edit,
  value,
  onChange,
  onDone,
}: {
  integer: boolean;
  edit?: string | undefined;
  value: readonly number[];
  onChange: (value: number[]) => void;
  onDone: () => void;
}) {
  const editing = useEditing();
  const scale = scaleOf(edit);
  const [text, setText] = useState(value.map((each) => each / scale).join(", "));
  const found = text
    .split(/[\s,，、;；]+/)
    .filter(Boolean)
    .map((each) => (integer ? Math.round(Number(each) * scale) : Number(each) * scale));
  const good = found.every(Number.isFinite);
  return (
    <div className={styles.field}>
      <Input
        size="small"
        data-autofocus
        style={{ width: 220 }}
        status={good ? undefined : "error"}
        value={text}
        placeholder="1, 3, 7"
        onChange={(event) => setText(event.target.value)}
        onBlur={() => good && onChange(found)}
        onPressEnter={() => {
          if (!good) return;
          onChange(found);
          onDone();
        }}
      />
      {good && found.length > 0 && (
        <span className={styles.note}>
          {found.map((each) => numberWords(each, edit, editing)).join(editing.say("join.list"))}
        </span>
      )}
    </div>
  );
}
