import type { Exclusion, FunnelParams } from "@/api/questions";
import { Select } from "@/ui";
import { useEditing } from "./context";
import { stepWords } from "./describe";
import { StepEditor } from "./StepEditor";
import styles from "./editors.module.css";

/** What a person must not do on the way, and between which steps. */
export function ExclusionEditor({
  value,
  steps,
  onChange,
  onDone,
}: {
  value: Exclusion | null;
  steps: FunnelParams["steps"];
  onChange: (exclusion: Exclusion) => void;
  onDone: () => void;
}) {
  const editing = useEditing();
  const { say } = editing;
  const after = value?.after ?? 1;
  const before = value?.before ?? steps.length;
  const options = steps.map((step, at) => ({
    value: at + 1,
    label: `${at + 1} ${stepWords(step, editing)}`,
  }));
  return (
    <div className={styles.stack}>
      <StepEditor
        step={value?.step ?? null}
        onChange={(step) => onChange({ ...value, step })}
        onDone={onDone}
      />
      {value && (
        <div className={styles.line}>
          <span>{say("exclusion.between")}</span>
          <Select
            size="small"
            style={{ width: 132 }}
            aria-label={say("exclusion.after")}
            value={after}
            options={options.slice(0, -1)}
            onChange={(next) => onChange({ ...value, after: next, before: Math.max(next + 1, before) })}
          />
          <span>{say("exclusion.and")}</span>
          <Select
            size="small"
            style={{ width: 132 }}
            aria-label={say("exclusion.before")}
            value={before}
            options={options.slice(after)}
            onChange={(next) => onChange({ ...value, before: next })}
          />
        </div>
      )}
    </div>
  );
}
