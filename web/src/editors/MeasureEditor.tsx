import type { Measure } from "@/api/questions";
import { NumberInput } from "@/ui";
import { useEditing } from "./context";
import { measureWords } from "./describe";
import { PropertySelect } from "./PropertySelect";
import { NEEDS_PROPERTY } from "./question";
import styles from "./editors.module.css";

const PLAIN = ["people", "count", "sessions", "per_person", "first_time"] as const;
const OF = ["sum", "mean", "median", "percentile", "min", "max", "distinct"] as const;

/** How a series is measured: people, times, or a figure of a property. */
export function MeasureEditor({
  value,
  onChange,
  onDone,
  events,
  only,
}: {
  value: Measure;
  onChange: (measure: Measure) => void;
  onDone: () => void;
  events?: readonly string[];
  /** Offer these only. */
  only?: readonly Measure["kind"][];
}) {
  const editing = useEditing();
  const { say } = editing;
  const kind = value.kind ?? "count";
  const of = NEEDS_PROPERTY.includes(kind);
  const scope = value.scope ?? "event";
  const choice = (each: (typeof PLAIN)[number] | (typeof OF)[number]) => (
    <button
      key={each}
      type="button"
      className={styles.option}
      aria-pressed={kind === each}
      data-autofocus={kind === each || undefined}
      onClick={() => {
        const needs = NEEDS_PROPERTY.includes(each);
        onChange(needs ? { ...value, kind: each } : { kind: each });
        if (!needs) onDone();
      }}
    >
      {say(`measure.${each}`)}
    </button>
  );
  return (
    <div className={styles.stack}>
      {!only && (
        <>
          <div className={styles.options}>{PLAIN.map(choice)}</div>
          <div className={styles.subtle}>{say("measure.of_property")}</div>
          <div className={styles.options}>{OF.map(choice)}</div>
        </>
      )}
      {of && (
        <div className={styles.line}>
          <PropertySelect
            value={value.property ? { property: value.property, scope } : null}
            scopes={["event", "item"]}
            kinds={kind === "distinct" ? undefined : ["number"]}
            events={events}
            onChange={({ property, scope: picked }) =>
              onChange({ ...value, property, scope: picked, times: null })
            }
          />
          {kind === "percentile" && (
            <NumberInput
              size="small"
              style={{ width: 72 }}
              min={1}
              max={99.9}
              prefix="P"
              aria-label={say("measure.percentile")}
              value={value.percentile ?? 90}
              onChange={(percentile) => percentile && onChange({ ...value, percentile: Number(percentile) })}
            />
          )}
        </div>
      )}
      {kind === "sum" && value.property && (
        <div className={styles.line}>
          <span className={styles.subtle}>{say("measure.times")}</span>
          <PropertySelect
            value={value.times ? { property: value.times, scope } : null}
            scopes={[scope === "person" ? "event" : scope]}
            kinds={["number"]}
            events={events}
            width={140}
            onChange={({ property }) => onChange({ ...value, times: property })}
          />
          {value.times && (
            <button
              type="button"
              className={styles.quiet}
              onClick={() => onChange({ ...value, times: null })}
            >
              {say("clear")}
            </button>
          )}
        </div>
      )}
      {of && value.property && <p className={styles.subtle}>{measureWords(value, editing)}</p>}
    </div>
  );
}
