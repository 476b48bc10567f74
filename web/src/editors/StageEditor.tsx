import type { FunnelStage, Stretch } from "@/api/questions";
import { Checkbox } from "@/ui";
import { useEditing } from "./context";
import { StepEditor } from "./StepEditor";
import { StretchInput } from "./StretchInput";
import styles from "./editors.module.css";

const READY: Stretch = { n: 30, unit: "minute" };

/** A step of a funnel: its events and, where `timed`, the time it may take from the step before. */
export function StageEditor({
  stage,
  timed,
  onChange,
  actions,
}: {
  stage: FunnelStage;
  timed: boolean;
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
          {timed && (
            <div className={styles.terms}>
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
