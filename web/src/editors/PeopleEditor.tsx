import type { PeopleFilter } from "@/api/questions";
import { Button, Input } from "@/ui";
import { ConditionTree } from "./ConditionTree";
import { useEditing } from "./context";
import styles from "./editors.module.css";
import { SegmentPick } from "./SegmentPick";

/** Whether a filter leaves nobody out. */
function isEveryone({ filters = [], segments = [], not_segments = [] }: PeopleFilter): boolean {
  return filters.length + segments.length + not_segments.length === 0;
}

/** Who is asked about: people with these properties, in these segments; nobody is left out without one. */
export function PeopleEditor({
  value,
  onChange,
  onDone,
}: {
  value: PeopleFilter | null;
  onChange: (people: PeopleFilter | null) => void;
  onDone: () => void;
}) {
  const { say } = useEditing();
  const everyone = value === null || isEveryone(value);
  const change = (next: PeopleFilter) => onChange(isEveryone(next) ? null : next);
  return (
    <div className={styles.stack}>
      {everyone && <p className={styles.subtle}>{say("people.everyone_note")}</p>}
      <ConditionTree
        tests={value?.filters ?? []}
        scopes={["person"]}
        onChange={(filters) => change({ ...value, filters })}
      />
      <SegmentPick value={value} onChange={change} />
      {!everyone && (
        <div className={styles.line}>
          <Input
            size="small"
            variant="filled"
            style={{ width: 160 }}
            placeholder={say("people.name")}
            aria-label={say("people.name")}
            value={value.name ?? ""}
            onChange={(event) => onChange({ ...value, name: event.target.value || null })}
          />
          <Button size="small" onClick={() => onChange(null)}>
            {say("people.clear")}
          </Button>
          <Button size="small" type="primary" onClick={onDone}>
            {say("done")}
          </Button>
        </div>
      )}
    </div>
  );
}
