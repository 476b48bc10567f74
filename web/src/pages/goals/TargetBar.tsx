import type { GoalProgress } from "@/api";
import { useFormat } from "@/shell";
import styles from "./goals.module.css";
import { useGoalWords } from "./words";
import type { RowFormat } from "./words";

/** How far a target is reached; the mark is where it should be by today. */
export function TargetBar({ progress, format }: { progress: GoalProgress; format: RowFormat }) {
  const words = useGoalWords();
  const { day } = useFormat();
  const part = (value: number | null | undefined) =>
    Math.max(0, Math.min(1, (value ?? 0) / (progress.target || 1))) * 100;
  const { from, to } = progress.period as { from: string; to: string };
  return (
    <div className={styles.target} data-state={progress.state}>
      <div className={styles.track} title={`${day(from, false)} – ${day(to, false)}`}>
        <span style={{ width: `${part(progress.value)}%` }} />
        <i style={{ left: `${part(progress.due)}%` }} />
      </div>
      <span>{words.progress(progress, format)}</span>
    </div>
  );
}
