import { useTranslation } from "react-i18next";
import type { AnyAlert, ArrivalAlert } from "@/api";
import { Checkbox, Field, Select } from "@/ui";
import styles from "./alerts.module.css";
import { isArrival, paceOf } from "./words";

const TIMES = [1, 2, 3, 7, 14, 30];
const WAITS = [0, 15, 60, 180, 360];

function withOwn(choices: number[], own: number | null): number[] {
  return own === null || choices.includes(own) ? choices : [...choices, own].sort((a, b) => a - b);
}

/** How often it is said, and how long it is waited for late events. */
export function Manner({
  definition,
  change,
}: {
  definition: AnyAlert;
  change: (more: Partial<AnyAlert>) => void;
}) {
  const { t } = useTranslation("alerts");
  const { rule } = definition;
  const by = paceOf(definition);
  const remind = definition.remind_after ?? null;
  const mayRun = rule.kind === "threshold" && (rule.below ?? null) === null;
  const running = !isArrival(definition) && definition.running;
  const wait = isArrival(definition)
    ? definition.rule.kind === "volume"
      ? definition.rule.wait_minutes
      : null
    : definition.wait_minutes;
  const setWait = (wait_minutes: number) => {
    if (!isArrival(definition)) change({ wait_minutes });
    else if (definition.rule.kind === "volume")
      change({ rule: { ...definition.rule, wait_minutes } } satisfies Partial<ArrivalAlert>);
  };
  const periods = (count: number) => ({ count, by: t(`bys.${by}`) });
  return (
    <>
      <div className={styles.pair}>
        <Field label={t("remind")} htmlFor="alert-remind">
          <Select
            id="alert-remind"
            value={remind ?? 0}
            onChange={(next: number) => change({ remind_after: next || null })}
            options={[0, ...withOwn(TIMES, remind)].map((count) => ({
              value: count,
              label: count ? t("remindEvery", periods(count)) : t("remindNever"),
            }))}
          />
        </Field>
        <Field label={t("coolDown")} htmlFor="alert-cool">
          <Select
            id="alert-cool"
            value={definition.cool_down}
            onChange={(cool_down: number) => change({ cool_down })}
            options={withOwn([0, ...TIMES], definition.cool_down).map((count) => ({
              value: count,
              label: count ? t("coolPeriods", periods(count)) : t("coolNone"),
            }))}
          />
        </Field>
        {wait !== null && (
          <Field label={t("wait")} htmlFor="alert-wait">
            <Select
              id="alert-wait"
              value={wait}
              onChange={setWait}
              options={withOwn(WAITS, wait).map((count) => ({
                value: count,
                label: t("waitMinutes", { count }),
              }))}
            />
          </Field>
        )}
      </div>
      <Field>
        <Checkbox
          checked={definition.recovery}
          onChange={(event) => change({ recovery: event.target.checked })}
        >
          {t("recovery")}
        </Checkbox>
        {mayRun && (
          <div>
            <Checkbox checked={running} onChange={(event) => change({ running: event.target.checked })}>
              {t("runningLabel")}
            </Checkbox>
          </div>
        )}
      </Field>
    </>
  );
}
