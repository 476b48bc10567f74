import dayjs from "dayjs";
import type { Period } from "@/api/questions";
import { Button, DateRangePicker, NumberInput, Select } from "@/ui";
import { useEditing } from "./context";
import { periodWords } from "./describe";
import { presets } from "./presets";
import styles from "./editors.module.css";

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const UNITS = ["hour", "day", "week", "month"] as const;

/** When: the last so many, from one day to another, or a period that has a name. */
export function PeriodEditor({
  value,
  onChange,
  onDone,
}: {
  value: Period;
  onChange: (period: Period) => void;
  onDone: () => void;
}) {
  const editing = useEditing();
  const { say, today } = editing;
  const same = (other: Period) => JSON.stringify(other) === JSON.stringify(value);
  const last = "last" in value ? value : { last: 30, unit: "day" as const };
  const range = "from" in value ? value : null;
  return (
    <div className={styles.period}>
      <div className={styles.presets}>
        {presets(today).map(({ key, period }, at) => (
          <Button
            key={at}
            size="small"
            type={same(period) ? "primary" : "default"}
            data-autofocus={same(period) || undefined}
            onClick={() => {
              onChange(period);
              onDone();
            }}
          >
            {capital(key === "words" ? periodWords(period, editing) : say(`preset.${key}`))}
          </Button>
        ))}
      </div>
      <div className={styles.line}>
        <span>{say("period_editor.last")}</span>
        <NumberInput
          size="small"
          style={{ width: 72 }}
          min={1}
          max={3660}
          aria-label={say("period_editor.count")}
          value={last.last}
          onChange={(count) => count && onChange({ ...last, last: Number(count) })}
          onPressEnter={onDone}
        />
        <Select
          size="small"
          style={{ width: 88 }}
          aria-label={say("period_editor.unit")}
          value={last.unit ?? "day"}
          onChange={(unit) => onChange({ last: last.last, unit })}
          options={UNITS.map((unit) => ({ value: unit, label: say(`unit.${unit}`, { count: last.last }) }))}
        />
      </div>
      <div className={styles.line}>
        <span>{say("period_editor.from_to")}</span>
        <DateRangePicker
          size="small"
          allowClear={false}
          value={range ? [dayjs(range.from), dayjs(range.to)] : null}
          onChange={(days) => {
            if (!days?.[0] || !days[1]) return;
            onChange({ from: days[0].format("YYYY-MM-DD"), to: days[1].format("YYYY-MM-DD") });
            onDone();
          }}
        />
      </div>
    </div>
  );
}
