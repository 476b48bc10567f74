import type { FunnelParams, FunnelStage } from "@/api/questions";
import { Sortable, StageEditor, StepEditor, stageWords, useEditing, Word } from "@/editors";
import { moved, withAt } from "@/editors/question";
import { Button } from "@/ui";
import styles from "@/pages/analyse/analyse.module.css";

/** What a step can be asked where it stands: nothing comes before the first, or in no order; the ends stay. */
function terms(at: number, count: number, order: FunnelParams["order"]) {
  return {
    timed: at > 0 && order !== "any",
    skippable: at > 0 && at < count - 1 && (order ?? "ordered") === "ordered",
  };
}

/** The steps without what they cannot have where they stand. */
export function fitted(steps: readonly FunnelStage[], order: FunnelParams["order"]): FunnelStage[] {
  return steps.map((step, at) => {
    const { timed, skippable } = terms(at, steps.length, order);
    return { ...step, ...(timed ? {} : { within: null }), ...(skippable ? {} : { optional: false }) };
  });
}

/** The steps of a funnel, to be moved, changed and added to. */
export function StepsWord({
  params,
  onChange,
}: {
  params: FunnelParams;
  onChange: (params: FunnelParams) => void;
}) {
  const editing = useEditing();
  const { say } = editing;
  const { steps } = params;
  const write = (next: FunnelStage[]) => onChange({ ...params, steps: fitted(next, params.order) });

  const stepWord = (step: FunnelStage, at: number) => (
    <Word
      label={
        <>
          <i className={styles.number}>{at + 1}</i>
          {stageWords(step, editing)}
        </>
      }
      title={say("step.title", { n: at + 1 })}
    >
      {(close) => (
        <StageEditor
          stage={step}
          {...terms(at, steps.length, params.order)}
          onChange={(next) => write(withAt(steps, at, next))}
          actions={
            <div className={styles.stepActions}>
              <Button
                size="small"
                disabled={at === 0}
                onClick={() => {
                  close();
                  write(moved(steps, at, at - 1));
                }}
              >
                {say("step.earlier")}
              </Button>
              <Button
                size="small"
                disabled={at === steps.length - 1}
                onClick={() => {
                  close();
                  write(moved(steps, at, at + 1));
                }}
              >
                {say("step.later")}
              </Button>
              <Button
                size="small"
                danger
                disabled={steps.length <= 2}
                onClick={() => {
                  close();
                  write(withAt(steps, at, null));
                }}
              >
                {say("step.remove")}
              </Button>
            </div>
          }
        />
      )}
    </Word>
  );

  return (
    <span className={styles.steps}>
      <Sortable
        items={steps}
        onChange={write}
        between={<span className={styles.arrow}>→</span>}
        render={stepWord}
      />
      {steps.length < 30 && (
        <Word tone="add" label={say("step.add")} title={say("step.title", { n: steps.length + 1 })}>
          {(close) => <StepEditor step={null} onDone={close} onChange={(step) => write([...steps, step])} />}
        </Word>
      )}
    </span>
  );
}
