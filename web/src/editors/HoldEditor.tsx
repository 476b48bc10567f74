import type { Hold } from "@/api/questions";
import { RemoveButton } from "./ConditionTree";
import { useEditing } from "./context";
import { PropertySelect } from "./PropertySelect";
import { withAt } from "./question";
import styles from "./editors.module.css";

/** Properties whose value must be the same at every step: same goods, same order. */
export function HoldEditor({
  value,
  onChange,
  events,
}: {
  value: readonly Hold[];
  onChange: (hold: Hold[]) => void;
  events?: readonly string[];
}) {
  const { say } = useEditing();
  return (
    <div className={styles.stack}>
      {value.map((hold, at) => (
        <div key={at} className={styles.condition}>
          <PropertySelect
            value={{ property: hold.property, scope: hold.scope ?? "event", kind: hold.kind }}
            scopes={["item", "event"]}
            events={events}
            onChange={({ property, scope, kind }) =>
              onChange(withAt(value, at, { property, scope, kind: kind ?? null }))
            }
          />
          <RemoveButton label={say("hold.remove")} onClick={() => onChange(withAt(value, at, null))} />
        </div>
      ))}
      {value.length < 3 && (
        <PropertySelect
          key={value.length}
          value={null}
          scopes={["item", "event"]}
          events={events}
          autoFocus={value.length === 0}
          onChange={({ property, scope, kind }) =>
            onChange([...value, { property, scope, kind: kind ?? null }])
          }
        />
      )}
      <p className={styles.subtle}>{say("hold.note")}</p>
    </div>
  );
}
