import type { Within } from "@/api/questions";
import { useEditing } from "./context";
import { withinWords } from "./describe";
import { StretchInput } from "./StretchInput";
import styles from "./editors.module.css";

const READY: Within[] = [
  { n: 30, unit: "minute" },
  { n: 1, unit: "hour" },
  { n: 1, unit: "day" },
  { n: 3, unit: "day" },
  { n: 7, unit: "day" },
  { n: 14, unit: "day" },
  { n: 30, unit: "day" },
  { same: "session" },
  { same: "day" },
];

/** The time from the first step to the last. */
export function WindowEditor({
  value,
  onChange,
  onDone,
}: {
  value: Within;
  onChange: (within: Within) => void;
  onDone: () => void;
}) {
  const editing = useEditing();
  const { say } = editing;
  const words = withinWords(value, editing);
  return (
    <div className={styles.stack}>
      <div className={styles.options}>
        {READY.map((within) => {
          const label = withinWords(within, editing);
          return (
            <button
              key={label}
              type="button"
              className={styles.option}
              aria-pressed={label === words}
              data-autofocus={label === words || undefined}
              onClick={() => {
                onChange(within);
                onDone();
              }}
            >
              {label}
            </button>
          );
        })}
      </div>
      <div className={styles.line}>
        <StretchInput
          value={value.same ? null : { n: value.n, unit: value.unit }}
          onChange={onChange}
          onDone={onDone}
        />
      </div>
      <p className={styles.subtle}>{say("within.note")}</p>
    </div>
  );
}
