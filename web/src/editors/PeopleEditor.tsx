import type { PeopleFilter } from "@/api/questions";
import { Button, Input } from "@/ui";
import { ConditionTree } from "./ConditionTree";
import { useEditing } from "./context";
import styles from "./editors.module.css";

/** Who is asked about: people with these properties; nobody is left out without one. */
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
  const filters = value?.filters ?? [];
  return (
    <div className={styles.stack}>
      {filters.length === 0 && <p className={styles.subtle}>{say("people.everyone_note")}</p>}
      <ConditionTree
        tests={filters}
        scopes={["person"]}
        onChange={(next) => onChange(next.length > 0 ? { ...value, filters: next } : null)}
      />
      {filters.length > 0 && (
        <div className={styles.line}>
          <Input
            size="small"
            variant="filled"
            style={{ width: 160 }}
            placeholder={say("people.name")}
            aria-label={say("people.name")}
            value={value?.name ?? ""}
            onChange={(event) => onChange({ ...value, filters, name: event.target.value || null })}
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
