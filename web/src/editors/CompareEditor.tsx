import { useState } from "react";
import type { Comparison, Period } from "@/api/questions";
import { Button, Radio } from "@/ui";
import { ConditionTree } from "./ConditionTree";
import { useEditing } from "./context";
import { PeriodEditor } from "./PeriodEditor";
import { SegmentPick } from "./SegmentPick";
import styles from "./editors.module.css";

type Way = "off" | "previous" | "period" | "people";

function wayOf(comparison: Comparison | null): Way {
  if (!comparison) return "off";
  if (comparison.people) return "people";
  return comparison.period === "previous" || !comparison.period ? "previous" : "period";
}

/** What the answer is set against. */
export function CompareEditor({
  value,
  period,
  others = [],
  onChange,
  onDone,
}: {
  value: Comparison | null;
  period: Period;
  /** What the answer is set against besides. */
  others?: readonly Comparison[];
  onChange: (comparison: Comparison | null) => void;
  onDone: () => void;
}) {
  const { say } = useEditing();
  const [way, setWay] = useState<Way>(wayOf(value));
  const other = value?.period && value.period !== "previous" ? value.period : period;
  return (
    <div className={styles.stack}>
      <Radio.Group
        value={way}
        onChange={({ target }) => {
          const next = target.value as Way;
          setWay(next);
          if (next === "off") {
            onChange(null);
            onDone();
          }
          if (next === "previous") onChange({ period: "previous" });
          if (next === "period") onChange({ period: other });
          if (next === "people") onChange({ people: value?.people ?? { filters: [] } });
        }}
        options={(["previous", "period", "people", "off"] as const)
          .filter((each) => each !== "previous" || !others.some((other) => wayOf(other) === "previous"))
          .filter((each) => each !== "off" || value || others.length === 0)
          .map((each) => ({
            value: each,
            label: say(`compare.${each === "off" && value && others.length > 0 ? "drop" : each}`),
          }))}
        style={{ display: "grid", gap: 4 }}
      />
      {way === "period" && (
        <PeriodEditor value={other} onChange={(next) => onChange({ period: next })} onDone={onDone} />
      )}
      {way === "people" && (
        <>
          <ConditionTree
            tests={value?.people?.filters ?? []}
            scopes={["person"]}
            onChange={(filters) => onChange({ people: { ...value?.people, filters } })}
          />
          <SegmentPick value={value?.people ?? null} onChange={(people) => onChange({ people })} />
          <Button size="small" type="primary" onClick={onDone}>
            {say("done")}
          </Button>
        </>
      )}
    </div>
  );
}
