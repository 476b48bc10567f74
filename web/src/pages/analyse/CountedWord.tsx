import dayjs from "dayjs";
import type { Asked } from "@/api/questions";
import { useEditing, Word } from "@/editors";
import { dayOf, endOfDay } from "@/format";
import { Button, Checkbox, DatePicker, Select } from "@/ui";
import styles from "./analyse.module.css";

/** How many percent of the people a question may be asked of. */
const SAMPLES = [100, 50, 20, 10, 5, 1, 0.1];

/** Who counts: visits of programs too, a sample alone, and people as the links of a past day made them. */
export function CountedWord<P extends Asked>({
  params,
  onChange,
}: {
  params: P;
  onChange: (params: P) => void;
}) {
  const { say, project, today } = useEditing();
  const counted = params.bots === "counted";
  const moment = params.identity_as_of ?? null;
  const sample = params.sample ?? 100;
  const day = moment === null ? null : dayOf(moment, project.time_zone);
  const set = [
    counted && say("counted.bots_word"),
    sample < 100 && say("counted.sample_word", { sample }),
    day && say("counted.as_of_word", { day }),
  ].filter(Boolean);
  return (
    <Word
      tone={set.length > 0 ? "chip" : "add"}
      label={set.length > 0 ? set.join(" · ") : say("counted.add")}
      title={say("counted.title")}
    >
      {(close) => (
        <div className={styles.field}>
          <Checkbox
            data-autofocus
            checked={counted}
            onChange={({ target }) => onChange({ ...params, bots: target.checked ? "counted" : "left_out" })}
          >
            {say("counted.bots")}
          </Checkbox>
          <p className={styles.note}>{say("counted.bots_note")}</p>
          <label className={styles.top}>
            {say("counted.sample")}
            <Select
              size="small"
              style={{ width: 132 }}
              value={sample}
              onChange={(next) => onChange({ ...params, sample: next })}
              options={[...new Set([...SAMPLES, sample])].map((each) => ({
                value: each,
                label:
                  each === 100 ? say("counted.sample_all") : say("counted.sample_share", { share: each }),
              }))}
            />
          </label>
          <p className={styles.note}>{say("counted.sample_note")}</p>
          <label className={styles.top}>
            {say("counted.as_of")}
            <DatePicker
              size="small"
              value={day === null ? null : dayjs(day)}
              disabledDate={(each) => each.format("YYYY-MM-DD") > today}
              placeholder={say("counted.as_of_now")}
              onChange={(picked: dayjs.Dayjs | null) =>
                onChange({
                  ...params,
                  identity_as_of: picked ? endOfDay(picked.format("YYYY-MM-DD"), project.time_zone) : null,
                })
              }
            />
          </label>
          <p className={styles.note}>{say("counted.as_of_note")}</p>
          <Button size="small" type="primary" onClick={close}>
            {say("done")}
          </Button>
        </div>
      )}
    </Word>
  );
}
