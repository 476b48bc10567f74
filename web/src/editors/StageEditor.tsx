import type { FunnelStage, Stretch } from "@/api/questions";
import { Checkbox } from "@/ui";
import { useEditing } from "./context";
import { StepEditor } from "./StepEditor";
import { StretchInput } from "./StretchInput";
import styles from "./editors.module.css";

const READY: Stretch = { n: 30, unit: "minute" };

/**
 * A step of a funnel: its events and, where `timed`, the time it may take from the step before; where `skippable`,
 * whether people may skip it.
 */
export function StageEditor({
  stage,
  timed,
  skippable,
  onChange,
  actions,
}: {
  stage: FunnelStage;
  timed: boolean;
  skippable: boolean;
  onChange: (stage: FunnelStage) => void;
  actions: React.ReactNode;
}) {
  const { say } = useEditing();
  return (
    <StepEditor
      step={stage}
      onChange={(step) => onChange({ ...stage, ...step })}
      actions={
        <>
          {(timed || skippable) && (
            <div className={styles.terms}>
              {skippable && (
                <Checkbox
                  checked={stage.optional ?? false}
                  onChange={({ target }) => onChange({ ...stage, optional: target.checked })}
                >
                  {say("step.optional")}
                </Checkbox>
              )}
              {stage.optional && <p className={styles.subtle}>{say("step.optional_note")}</p>}
              <div className={styles.line}>
                <Checkbox
                  checked={Boolean(stage.within)}
                  onChange={({ target }) => onChange({ ...stage, within: target.checked ? READY : null })}
                >
                  {say("step.own")}
                </Checkbox>
                {stage.within && (
                  <StretchInput value={stage.within} onChange={(within) => onChange({ ...stage, within })} />
                )}
              </div>
              {stage.within && <p className={styles.subtle}>{say("step.own_note")}</p>}
            </div>
          )}
          {actions}
        </>
      }
    />
  );
}
