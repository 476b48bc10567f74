import { useState } from "react";
import type { EventMatch, Step } from "@/api/questions";
import { Button, Icon, Input } from "@/ui";
import { ConditionTree, RemoveButton } from "./ConditionTree";
import { useEditing } from "./context";
import { stepWords } from "./describe";
import { EventPicker } from "./EventPicker";
import { withAt } from "./question";
import styles from "./editors.module.css";

/** One step: an event or alternatives to it, each with its own filters, and what people call it. */
export function StepEditor({
  step,
  onChange,
  onDone,
  any = false,
  actions,
}: {
  step: Step | null;
  onChange: (step: Step) => void;
  onDone?: () => void;
  any?: boolean;
  actions?: React.ReactNode;
}) {
  const editing = useEditing();
  const { say, names } = editing;
  const [picking, setPicking] = useState<number | null>(step === null ? 0 : null);
  const matches = step?.any_of ?? [];
  const write = (any_of: EventMatch[]) => any_of.length > 0 && onChange({ ...step, any_of });
  if (picking !== null) {
    return (
      <EventPicker
        any={any}
        value={matches[picking]?.event}
        onPick={(event) => {
          const held = matches[picking];
          write(held ? withAt(matches, picking, { ...held, event }) : [...matches, { event }]);
          setPicking(null);
          if (step === null) onDone?.();
        }}
      />
    );
  }
  return (
    <div className={styles.step}>
      {matches.map((match, at) => (
        <div key={at} className={styles.match}>
          {at > 0 && <span className={styles.or}>{say("step.or")}</span>}
          <div className={styles.matchHead}>
            <button
              type="button"
              className={styles.eventButton}
              data-autofocus={at === 0 || undefined}
              onClick={() => setPicking(at)}
            >
              <b>{names.event(match.event)}</b>
              <Icon name="down" size={12} />
            </button>
            {matches.length > 1 && (
              <RemoveButton
                label={say("step.remove_event")}
                onClick={() => write(withAt(matches, at, null))}
              />
            )}
          </div>
          <ConditionTree
            tests={match.filters ?? []}
            events={[match.event]}
            addLabel={say("step.where")}
            onChange={(filters) => write(withAt(matches, at, { ...match, filters }))}
          />
        </div>
      ))}
      <div className={styles.stepFoot}>
        <Button
          size="small"
          type="text"
          icon={<Icon name="plus" size={14} />}
          onClick={() => setPicking(matches.length)}
        >
          {say("step.add_or")}
        </Button>
        <Input
          size="small"
          variant="filled"
          style={{ width: 150, marginLeft: "auto" }}
          aria-label={say("step.name")}
          placeholder={say("step.name")}
          title={step ? stepWords(step, editing) : undefined}
          maxLength={40}
          value={step?.name ?? ""}
          onChange={(event) => step && onChange({ ...step, name: event.target.value || null })}
        />
      </div>
      {actions}
    </div>
  );
}
