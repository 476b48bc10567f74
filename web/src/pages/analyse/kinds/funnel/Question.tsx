import { useState } from "react";
import type { FunnelParams } from "@/api/questions";
import {
  ExclusionEditor,
  exclusionWords,
  HoldEditor,
  Sentence,
  stepWords,
  useEditing,
  WindowEditor,
  withinWords,
  Word,
} from "@/editors";
import { withAt } from "@/editors/question";
import { Button, Select } from "@/ui";
import { PeopleWord, PeriodWord, Tail } from "@/pages/analyse/Asked";
import { Choose } from "@/pages/analyse/Choose";
import { eventsOf } from "@/pages/analyse/events";
import styles from "@/pages/analyse/analyse.module.css";
import { fitted, StepsWord } from "./Steps";

const ORDERS = ["ordered", "strict", "any"] as const;
const COUNTS = ["people", "sessions", "held", "attempts"] as const;

/** The question without a way of counting that its order or its held properties leave no meaning. */
function countable(params: FunnelParams): FunnelParams {
  const { count = "people", hold = [], order } = params;
  const lost = (count === "held" && hold.length === 0) || (count === "attempts" && order === "any");
  return lost ? { ...params, count: "people" } : params;
}

export function FunnelQuestion({
  params,
  onChange,
}: {
  params: FunnelParams;
  onChange: (params: FunnelParams) => void;
}) {
  const editing = useEditing();
  const { say, names } = editing;
  const { steps } = params;
  const order = params.order ?? "ordered";
  const events = eventsOf(params);
  const hold = params.hold ?? [];
  const exclusions = params.exclusions ?? [];
  const [holding, setHolding] = useState(false);
  const split = (params.breakdowns ?? []).length > 0;

  const within = (
    <Word label={withinWords(params.within, editing)} title={say("within.title")}>
      {(close) => (
        <WindowEditor
          value={params.within ?? { n: 7, unit: "day" }}
          onChange={(next) => onChange({ ...params, within: next })}
          onDone={close}
        />
      )}
    </Word>
  );

  const holdWord = (
    <Word
      onToggle={(open) => setHolding(open && hold.length === 0)}
      tone={hold.length > 0 ? "word" : "add"}
      label={
        hold.length > 0
          ? hold.map((each) => names.property(each.property, each.scope)).join(say("join.and"))
          : say("hold.add")
      }
      title={say("hold.title")}
    >
      {() => (
        <HoldEditor
          value={hold}
          events={events}
          onChange={(next) => onChange(countable({ ...params, hold: next }))}
        />
      )}
    </Word>
  );

  return (
    <>
      <Sentence
        text={say("question.funnel")}
        slots={{
          period: <PeriodWord params={params} onChange={onChange} />,
          people: <PeopleWord params={params} onChange={onChange} />,
          steps: <StepsWord params={params} onChange={onChange} />,
          within,
          count: (
            <Choose
              title={say("count.title")}
              value={params.count ?? "people"}
              options={COUNTS.filter(
                (value) =>
                  !(value === "held" && hold.length === 0) && !(value === "attempts" && order === "any"),
              ).map((value) => ({
                value,
                label: say(`count.${value}`),
                note: say(`count.${value}_note`),
              }))}
              onChange={(count) => onChange({ ...params, count })}
            />
          ),
          order: (
            <Choose
              title={say("order.title")}
              value={order}
              options={ORDERS.map((value) => ({
                value,
                label: say(`order.${value}`),
                note: say(`order.${value}_note`),
              }))}
              onChange={(next) => onChange(countable({ ...params, order: next, steps: fitted(steps, next) }))}
            />
          ),
        }}
      />
      {hold.length > 0 && !holding && (
        <>
          {say("join.sentence")}
          <Sentence text={say("hold.sentence")} slots={{ hold: holdWord }} />
        </>
      )}
      {exclusions.map((exclusion, at) => (
        <span key={at}>
          {say("join.sentence")}
          <Sentence
            text={say("exclusion.sentence")}
            slots={{
              step: (
                <Word label={exclusionWords(exclusion, editing)} title={say("exclusion.title")}>
                  {(close) => (
                    <>
                      <ExclusionEditor
                        value={exclusion}
                        steps={steps}
                        onDone={close}
                        onChange={(next) => onChange({ ...params, exclusions: withAt(exclusions, at, next) })}
                      />
                      <div className={styles.stepActions}>
                        <Button
                          size="small"
                          danger
                          onClick={() => {
                            close();
                            onChange({ ...params, exclusions: withAt(exclusions, at, null) });
                          }}
                        >
                          {say("exclusion.remove")}
                        </Button>
                      </div>
                    </>
                  )}
                </Word>
              ),
            }}
          />
        </span>
      ))}
      <Tail params={params} onChange={onChange} events={events}>
        {(hold.length === 0 || holding) && holdWord}
        {exclusions.length < 10 && (
          <Word tone="add" label={say("exclusion.add")} title={say("exclusion.title")}>
            {(close) => (
              <ExclusionEditor
                value={null}
                steps={steps}
                onDone={close}
                onChange={(next) => onChange({ ...params, exclusions: [...exclusions, next] })}
              />
            )}
          </Word>
        )}
        {split && <AttributionSelect params={params} onChange={onChange} />}
      </Tail>
    </>
  );
}

/** Whose value a split takes when it changes on the way. */
function AttributionSelect({
  params,
  onChange,
}: {
  params: FunnelParams;
  onChange: (params: FunnelParams) => void;
}) {
  const editing = useEditing();
  const { say } = editing;
  const own = (params.breakdowns ?? []).some((each) => each.scope !== "person" || each.when === "event");
  if (!own) return null;
  return (
    <Select
      size="small"
      variant="borderless"
      popupMatchSelectWidth={220}
      aria-label={say("attribution.title")}
      value={params.attribution ?? "first"}
      onChange={(attribution) => onChange({ ...params, attribution })}
      options={[
        ...(["first", "last", "each"] as const).map((value) => ({
          value,
          label: say(`attribution.${value}`),
        })),
        ...params.steps.map((step, at) => ({
          value: at + 1,
          label: say("attribution.at", { n: at + 1, step: stepWords(step, editing) }),
        })),
      ]}
    />
  );
}
