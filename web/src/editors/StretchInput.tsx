import type { Stretch } from "@/api/questions";
import { NumberInput, Select } from "@/ui";
import { useEditing } from "./context";

const UNITS = ["second", "minute", "hour", "day", "week", "month"] as const;
const USUAL = { n: 7, unit: "day" } as const;

/** A length of time: a number and its unit; null where none is chosen. */
export function StretchInput({
  value,
  onChange,
  onDone,
}: {
  value: Stretch | null;
  onChange: (stretch: Stretch) => void;
  onDone?: () => void;
}) {
  const { say } = useEditing();
  const held = { n: value?.n ?? USUAL.n, unit: value?.unit ?? USUAL.unit };
  return (
    <>
      <NumberInput
        size="small"
        style={{ width: 80 }}
        min={1}
        max={100_000}
        aria-label={say("within.count")}
        value={value ? held.n : null}
        onChange={(n) => n && onChange({ ...held, n: Number(n) })}
        onPressEnter={onDone}
      />
      <Select
        size="small"
        style={{ width: 96 }}
        aria-label={say("within.unit_title")}
        value={value ? held.unit : undefined}
        onChange={(unit) => onChange({ ...held, unit })}
        options={UNITS.map((unit) => ({ value: unit, label: say(`unit.${unit}`, { count: held.n }) }))}
      />
    </>
  );
}
