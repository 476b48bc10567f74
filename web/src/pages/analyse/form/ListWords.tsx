import type { Measure, Step } from "@/api/questions";
import {
  MeasureEditor,
  measureWords,
  RemoveButton,
  StepEditor,
  stepWords,
  useEditing,
  Word,
} from "@/editors";
import { withAt } from "@/editors/question";
import styles from "@/pages/analyse/analyse.module.css";

/** Several steps or measures, each a word, and a place to add one. */
export function ListWords({
  shape,
  title,
  value,
  events,
  onChange,
}: {
  shape: "steps" | "measures";
  title: string;
  value: unknown;
  events: string[];
  onChange: (value: unknown) => void;
}) {
  const editing = useEditing();
  const { say } = editing;
  const list = (value as (Step | Measure)[] | null) ?? [];
  const name = (entry: Step | Measure) =>
    shape === "steps" ? stepWords(entry as Step, editing) : measureWords(entry as Measure, editing);
  const editor = (entry: Step | Measure | null, write: (entry: Step | Measure) => void, close: () => void) =>
    shape === "steps" ? (
      <StepEditor any step={entry as Step | null} onChange={write} onDone={close} />
    ) : (
      <MeasureEditor
        value={(entry as Measure | null) ?? { kind: "count" }}
        events={events}
        onChange={write}
        onDone={close}
      />
    );
  return (
    <span className={styles.steps}>
      {list.map((entry, at) => (
        <span key={at} className={styles.one}>
          <Word label={name(entry)} title={title || name(entry)}>
            {(close) => (
              <>
                {editor(entry, (next) => onChange(withAt(list, at, next)), close)}
                <RemoveButton
                  label={say("field.remove", { name: name(entry) })}
                  onClick={() => onChange(withAt(list, at, null))}
                />
              </>
            )}
          </Word>
        </span>
      ))}
      <Word tone="add" label={list.length > 0 ? "+" : `+ ${title}`} title={title || say("field.more")}>
        {(close) => editor(null, (next) => onChange([...list, next]), close)}
      </Word>
    </span>
  );
}
