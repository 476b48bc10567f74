import { useState } from "react";
import type { RetentionParams } from "@/api/questions";
import { MeasureEditor, measureWords, Sentence, StepEditor, stepWords, useEditing, Word } from "@/editors";
import { Button, Input, NumberInput } from "@/ui";
import { PeopleWord, PeriodWord, Tail } from "@/pages/analyse/Asked";
import { Choose } from "@/pages/analyse/Choose";
import { eventsOf } from "@/pages/analyse/events";
import styles from "@/pages/analyse/analyse.module.css";

const GRAINS = ["hour", "day", "week", "month"] as const;
const CLOCKS = ["calendar", "rolling"] as const;
const MODES = ["exact", "on_or_after", "brackets"] as const;
const BRACKETS = { hour: [1, 3, 6, 12, 24], day: [1, 3, 7, 14, 30], week: [1, 2, 4, 8], month: [1, 2, 3, 6] };

export function RetentionQuestion({
  params,
  onChange,
}: {
  params: RetentionParams;
  onChange: (params: RetentionParams) => void;
}) {
  const editing = useEditing();
  const { say } = editing;
  const grain = params.grain ?? "day";
  const mode = params.mode ?? "exact";
  const events = eventsOf(params);
  const stepWord = (which: "start" | "back") => (
    <Word label={stepWords(params[which], editing)} title={say(`retention.${which}`)}>
      {() => (
        <StepEditor any step={params[which]} onChange={(step) => onChange({ ...params, [which]: step })} />
      )}
    </Word>
  );
  const value = params.value ?? null;
  return (
    <>
      <Sentence
        text={say("question.retention")}
        slots={{
          period: <PeriodWord params={params} onChange={onChange} />,
          people: <PeopleWord params={params} onChange={onChange} />,
          start: stepWord("start"),
          back: stepWord("back"),
          first: (
            <Choose
              title={say("retention.cohort_title")}
              value={params.first_time ? "first" : "any"}
              options={(["any", "first"] as const).map((each) => ({
                value: each,
                label: say(`retention.${each}`),
                note: say(`retention.${each}_note`),
              }))}
              onChange={(each) => onChange({ ...params, first_time: each === "first" })}
            />
          ),
          mode: (
            <Choose
              title={say("retention.mode_title")}
              value={mode}
              options={MODES.map((each) => ({
                value: each,
                label: say(`retention.${each}`),
                note: say(`retention.${each}_note`),
              }))}
              onChange={(each) =>
                onChange({ ...params, mode: each, brackets: each === "brackets" ? BRACKETS[grain] : [] })
              }
            />
          ),
          grain: (
            <Choose
              title={say("grain.title")}
              value={grain}
              options={GRAINS.map((each) => ({ value: each, label: say(`grain.${each}`) }))}
              onChange={(each) =>
                onChange({ ...params, grain: each, brackets: mode === "brackets" ? BRACKETS[each] : [] })
              }
            />
          ),
          clock: (
            <Choose
              title={say("retention.clock_title")}
              value={params.clock ?? "calendar"}
              options={CLOCKS.map((each) => ({
                value: each,
                label: say(`retention.clock.${each}_${grain}`),
                note: say(`retention.${each}_note`),
              }))}
              onChange={(clock) => onChange({ ...params, clock })}
            />
          ),
          periods:
            mode === "brackets" ? (
              <BracketsWord
                key={(params.brackets ?? []).join()}
                value={params.brackets ?? []}
                onChange={(brackets) => onChange({ ...params, brackets })}
              />
            ) : (
              <Word
                label={say(`retention.periods_${grain}`, { count: params.periods ?? 14 })}
                title={say("retention.periods_title")}
              >
                {(close) => (
                  <NumberInput
                    data-autofocus
                    min={1}
                    max={366}
                    aria-label={say("retention.periods_title")}
                    value={params.periods ?? 14}
                    onChange={(periods) => periods && onChange({ ...params, periods: Number(periods) })}
                    onPressEnter={close}
                  />
                )}
              </Word>
            ),
        }}
      />
      <Tail params={params} onChange={onChange} events={events}>
        <Word
          tone={value ? "chip" : "add"}
          label={
            value
              ? say("retention.with_value", { measure: measureWords(value, editing) })
              : say("retention.add_value")
          }
          title={say("retention.value_title")}
        >
          {(close) => (
            <>
              <MeasureEditor
                value={value ?? { kind: "sum" }}
                events={params.back.any_of.map(({ event }) => event)}
                onChange={(measure) => onChange({ ...params, value: { ...measure, kind: "sum" } })}
                onDone={close}
                only={["sum"]}
              />
              {value && (
                <div className={styles.stepActions}>
                  <Button
                    size="small"
                    onClick={() => {
                      close();
                      onChange({ ...params, value: null });
                    }}
                  >
                    {say("retention.no_value")}
                  </Button>
                </div>
              )}
            </>
          )}
        </Word>
      </Tail>
    </>
  );
}

function BracketsWord({
  value,
  onChange,
}: {
  value: readonly number[];
  onChange: (brackets: number[]) => void;
}) {
  const { say } = useEditing();
  const [text, setText] = useState(value.join(", "));
  const ends = text
    .split(/[\s,，、]+/)
    .filter(Boolean)
    .map(Number);
  const right =
    ends.length > 0 && ends.every((end, at) => Number.isInteger(end) && end > (ends[at - 1] ?? 0));
  return (
    <Word label={value.join(" · ")} title={say("retention.brackets_title")}>
      {(close) => (
        <Input
          data-autofocus
          value={text}
          status={right ? undefined : "error"}
          aria-label={say("retention.brackets_title")}
          onChange={(event) => setText(event.target.value)}
          onPressEnter={() => {
            if (!right) return;
            onChange(ends);
            close();
          }}
          onBlur={() => right && ends.join() !== value.join() && onChange(ends)}
        />
      )}
    </Word>
  );
}
