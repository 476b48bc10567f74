import type { Within } from "@/api/questions";
import { NumberInput, Select } from "@/ui";
import { useEditing } from "./context";
import { withinWords } from "./describe";
import styles from "./editors.module.css";

const UNITS = ["second", "minute", "hour", "day", "week", "month"] as const;
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
  const held = { n: value.n ?? 7, unit: value.unit ?? "day" };
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
        <NumberInput
          size="small"
          style={{ width: 80 }}
          min={1}
          max={100_000}
          aria-label={say("within.count")}
          value={value.same ? null : held.n}
          onChange={(n) => n && onChange({ ...held, n: Number(n) })}
          onPressEnter={onDone}
        />
        <Select
          size="small"
          style={{ width: 96 }}
          aria-label={say("within.unit_title")}
          value={value.same ? undefined : held.unit}
          onChange={(unit) => onChange({ ...held, unit })}
          options={UNITS.map((unit) => ({ value: unit, label: say(`unit.${unit}`, { count: held.n }) }))}
        />
      </div>
      <p className={styles.subtle}>{say("within.note")}</p>
    </div>
  );
}
