import { useState } from "react";
import type { Breakdown } from "@/api/questions";
import { Input } from "@/ui";
import { CleanEditor } from "./CleanEditor";
import { RemoveButton, WhenSelect } from "./ConditionTree";
import { useEditing } from "./context";
import { isMoney } from "./names";
import { PropertySelect } from "./PropertySelect";
import { withAt } from "./question";
import styles from "./editors.module.css";

/** Split by properties, the numeric ones in bands. */
export function BreakdownEditor({
  value,
  onChange,
  events,
  max = 4,
}: {
  value: readonly Breakdown[];
  onChange: (breakdowns: Breakdown[]) => void;
  events?: readonly string[];
  max?: number;
}) {
  const { say, names } = useEditing();
  return (
    <div className={styles.stack}>
      {value.map((breakdown, at) => {
        const scope = breakdown.scope ?? "event";
        const kind = breakdown.kind ?? names.kind(breakdown.property, scope);
        const write = (next: Breakdown | null) => onChange(withAt(value, at, next));
        const row = (
          <div className={styles.condition}>
            <PropertySelect
              value={{ property: breakdown.property, scope, kind }}
              events={events}
              onChange={({ property, scope: next, kind: of }) =>
                write({ property, scope: next, kind: of ?? null })
              }
            />
            {scope === "person" && (
              <WhenSelect value={breakdown.when} onChange={(when) => write({ ...breakdown, when })} />
            )}
            {kind === "number" && (
              <BinsInput
                money={isMoney(breakdown.property)}
                value={breakdown.bins ?? []}
                onChange={(bins) => write({ ...breakdown, bins: bins.length > 0 ? bins : null })}
              />
            )}
            <RemoveButton label={say("breakdown.remove")} onClick={() => write(null)} />
          </div>
        );
        return (
          <div key={at} className={styles.stack}>
            {row}
            <CleanEditor key={`${scope}/${breakdown.property}`} value={breakdown} onChange={write} />
          </div>
        );
      })}
      {value.length < max && (
        <PropertySelect
          key={value.length}
          value={null}
          events={events}
          autoFocus={value.length === 0}
          onChange={({ property, scope, kind }) =>
            onChange([...value, { property, scope, kind: kind ?? null }])
          }
        />
      )}
    </div>
  );
}

/** Cut points as people write them: 0, 100, 500. Amounts are written in yuan. */
function BinsInput({
  value,
  money,
  onChange,
}: {
  value: readonly number[];
  money: boolean;
  onChange: (bins: number[]) => void;
}) {
  const { say } = useEditing();
  const scale = money ? 100 : 1;
  const [text, setText] = useState(value.map((cut) => cut / scale).join(", "));
  const read = (written: string) => {
    const cuts = written
      .split(/[\s,，、]+/)
      .filter(Boolean)
      .map(Number);
    return cuts.every(Number.isFinite) ? [...new Set(cuts)].sort((a, b) => a - b) : null;
  };
  const cuts = read(text);
  return (
    <Input
      size="small"
      style={{ width: 150 }}
      status={cuts === null ? "error" : undefined}
      aria-label={say("breakdown.bins")}
      placeholder={say("breakdown.bins_hint")}
      title={say("breakdown.bins_hint")}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => cuts && onChange(cuts.map((cut) => cut * scale))}
      onPressEnter={() => cuts && onChange(cuts.map((cut) => cut * scale))}
    />
  );
}
