import type { TrendsParams } from "@/api/questions";
import { useEditing, Word } from "@/editors";
import styles from "@/pages/analyse/analyse.module.css";
import { Button, Checkbox, NumberInput } from "@/ui";

const USUAL = { width: 3.5, history: 8 };
const STEPS = 14;

/** What is usual of each point, and the points to come. */
export function OutlookWord({
  params,
  onChange,
}: {
  params: TrendsParams;
  onChange: (params: TrendsParams) => void;
}) {
  const { say } = useEditing();
  const usual = params.usual ?? null;
  const forecast = params.forecast ?? 0;
  const set = [
    usual && say("outlook.usual_word"),
    forecast > 0 && say("outlook.forecast_word", { count: forecast }),
  ].filter(Boolean);
  return (
    <Word
      tone={set.length > 0 ? "chip" : "add"}
      label={set.length > 0 ? set.join(" · ") : say("outlook.add")}
      title={say("outlook.title")}
    >
      {(close) => (
        <div className={styles.field}>
          <Checkbox
            data-autofocus
            checked={usual !== null}
            onChange={({ target }) => onChange({ ...params, usual: target.checked ? USUAL : null })}
          >
            {say("outlook.usual")}
          </Checkbox>
          <p className={styles.note}>{say("outlook.usual_note")}</p>
          {usual && (
            <label className={styles.top}>
              {say("outlook.width")}
              <NumberInput
                size="small"
                style={{ width: 72 }}
                min={1}
                max={20}
                step={0.5}
                value={usual.width ?? USUAL.width}
                onChange={(width) =>
                  width && onChange({ ...params, usual: { ...usual, width: Number(width) } })
                }
              />
            </label>
          )}
          <Checkbox
            checked={forecast > 0}
            onChange={({ target }) => onChange({ ...params, forecast: target.checked ? STEPS : 0 })}
          >
            {say("outlook.forecast")}
          </Checkbox>
          <p className={styles.note}>{say("outlook.forecast_note")}</p>
          {forecast > 0 && (
            <label className={styles.top}>
              {say("outlook.steps")}
              <NumberInput
                size="small"
                style={{ width: 72 }}
                min={1}
                max={90}
                value={forecast}
                onChange={(steps) => steps && onChange({ ...params, forecast: Number(steps) })}
              />
            </label>
          )}
          <Button size="small" type="primary" onClick={close}>
            {say("done")}
          </Button>
        </div>
      )}
    </Word>
  );
}
