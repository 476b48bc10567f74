import { useEditing } from "@/editors";
import styles from "./analyse.module.css";

export interface LegendEntry {
  key: string;
  name: string;
  colour: string;
}

/** Names beside colours; each can be taken out of the chart and put back. */
export function Legend({
  entries,
  hidden,
  onToggle,
}: {
  entries: readonly LegendEntry[];
  hidden: ReadonlySet<string>;
  onToggle: (key: string) => void;
}) {
  const { say } = useEditing();
  if (entries.length < 2) return null;
  return (
    <div className={styles.legend} role="group" aria-label={say("chart.legend")}>
      {entries.map(({ key, name, colour }) => (
        <button key={key} type="button" aria-pressed={!hidden.has(key)} onClick={() => onToggle(key)}>
          <i style={{ background: colour }} aria-hidden="true" />
          {name}
        </button>
      ))}
    </div>
  );
}

export function toggled(hidden: ReadonlySet<string>, key: string, all: number): ReadonlySet<string> {
  const next = new Set(hidden);
  if (!next.delete(key)) next.add(key);
  return next.size >= all ? new Set() : next;
}
