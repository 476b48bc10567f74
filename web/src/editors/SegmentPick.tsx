import type { PeopleFilter } from "@/api/questions";
import { Segmented, Select } from "@/ui";
import { useEditing } from "./context";
import styles from "./editors.module.css";

/** Which segments people are in, and in which they are not. */
export function SegmentPick({
  value,
  onChange,
}: {
  value: PeopleFilter | null;
  onChange: (people: PeopleFilter) => void;
}) {
  const { say, segments } = useEditing();
  const chosen = { segments: value?.segments ?? [], not_segments: value?.not_segments ?? [] };
  const used = chosen.segments.length + chosen.not_segments.length > 0;
  if (segments.length === 0 && !used) return <p className={styles.subtle}>{say("people.no_segments")}</p>;
  const options = segments.map(({ id, name }) => ({ value: id, label: name, title: name }));
  const idOf = (reference: string) => segments.find(({ name }) => name === reference)?.id ?? reference;
  return (
    <>
      {(["segments", "not_segments"] as const).map((field) => (
        <div key={field} className={styles.line}>
          <span className={styles.subtle}>{say(`people.${field}`)}</span>
          <Select
            mode="multiple"
            size="small"
            style={{ minWidth: 200, flex: 1 }}
            placeholder={say("people.pick")}
            aria-label={say(`people.${field}`)}
            optionFilterProp="label"
            value={chosen[field].map(idOf)}
            options={options}
            onChange={(next: string[]) => onChange({ ...value, [field]: next })}
          />
        </div>
      ))}
      {chosen.segments.length > 1 && (
        <Segmented
          size="small"
          aria-label={say("people.match")}
          value={value?.match ?? "all"}
          options={(["all", "any"] as const).map((each) => ({
            value: each,
            label: say(`people.match_${each}`),
          }))}
          onChange={(next) => onChange({ ...value, match: next })}
        />
      )}
    </>
  );
}
