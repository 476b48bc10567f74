import { useState } from "react";
import type { AttributionParams, Touch } from "@/api/questions";
import {
  MeasureEditor,
  measureWords,
  PropertySelect,
  RemoveButton,
  Sentence,
  StepEditor,
  stepWords,
  useEditing,
  Word,
} from "@/editors";
import type { Editing } from "@/editors";
import { oneEvent, withAt } from "@/editors/question";
import { Input, NumberInput, Select } from "@/ui";
import { PeopleWord, PeriodWord, Tail } from "@/pages/analyse/Asked";
import { Choose } from "@/pages/analyse/Choose";
import { eventsOf } from "@/pages/analyse/events";
import { useKindSay } from "@/pages/analyse/kits";
import styles from "@/pages/analyse/analyse.module.css";
import { modelOf } from "./model";
import type { ModelName } from "./model";
import own from "./attribution.module.css";

const NAME = "$event";
const MODELS: ModelName[] = [
  "first",
  "last",
  "last_non_direct",
  "linear",
  "position",
  "time_decay",
  "participation",
  "markov",
  "shapley",
];

interface Props {
  params: AttributionParams;
  onChange: (params: AttributionParams) => void;
}

/** "channel of page views", or the event's own name. */
export function touchWords(touch: Touch, editing: Editing): string {
  const property = touch.property?.property ?? NAME;
  if (touch.step.name) return touch.step.name;
  return property === NAME ? stepWords(touch.step, editing) : editing.names.property(property);
}

export function AttributionQuestion({ params, onChange }: Props) {
  const editing = useEditing();
  const { say } = editing;
  const tell = useKindSay("attribution");
  const events = eventsOf(params);
  const model = modelOf(params);
  const measure = params.measure ?? { kind: "count" };
  return (
    <>
      <Sentence
        text={tell("question")}
        slots={{
          period: <PeriodWord params={params} onChange={onChange} />,
          people: <PeopleWord params={params} onChange={onChange} />,
          touches: <Touches params={params} onChange={onChange} />,
          conversion: (
            <Word label={stepWords(params.conversion, editing)} title={tell("field.conversion")}>
              {(close) => (
                <StepEditor
                  step={params.conversion}
                  onDone={close}
                  onChange={(conversion) => onChange({ ...params, conversion })}
                />
              )}
            </Word>
          ),
          measure: (
            <Word
              label={measure.kind === "sum" ? measureWords(measure, editing) : tell("field.count")}
              title={tell("field.measure")}
            >
              {(close) => (
                <MeasureEditor
                  value={measure}
                  events={eventsOf(params.conversion)}
                  onDone={close}
                  onChange={(next) =>
                    onChange({ ...params, measure: next, ...(next.kind === "sum" ? {} : { refund: null }) })
                  }
                />
              )}
            </Word>
          ),
          model: (
            <Choose
              title={tell("field.model")}
              value={model}
              options={MODELS.map((value) => ({
                value,
                label: tell(`model.${value}`),
                note: tell(`model_note.${value}`),
              }))}
              onChange={(next) => onChange({ ...params, model: next })}
            />
          ),
          days: (
            <Word label={tell("field.days", { n: params.within_days ?? 30 })} title={tell("field.within")}>
              {(close) => (
                <NumberInput
                  size="small"
                  data-autofocus
                  style={{ width: 120 }}
                  min={1}
                  max={366}
                  precision={0}
                  value={params.within_days ?? 30}
                  onPressEnter={close}
                  onChange={(next) => next && onChange({ ...params, within_days: Number(next) })}
                />
              )}
            </Word>
          ),
        }}
      />
      <Tail params={params} onChange={onChange} events={events}>
        {measure.kind === "sum" && <Refund params={params} onChange={onChange} />}
        <Word label={tell("settings.title")} title={tell("settings.title")} tone="add">
          {() => <Settings params={params} onChange={onChange} />}
        </Word>
      </Tail>
      <span className="tw-hidden">{say("question.label")}</span>
    </>
  );
}

function Touches({ params, onChange }: Props) {
  const editing = useEditing();
  const tell = useKindSay("attribution");
  const { touches } = params;
  const write = (at: number, touch: Touch | null) =>
    onChange({ ...params, touches: withAt(touches, at, touch) });
  return (
    <span className={styles.steps}>
      {touches.map((touch, at) => (
        <span key={at} className={styles.one}>
          <Word label={touchWords(touch, editing)} title={tell("field.touch")}>
            {() => (
              <>
                <TouchEditor touch={touch} onChange={(next) => write(at, next)} />
                {touches.length > 1 && (
                  <RemoveButton
                    label={editing.say("field.remove", { name: touchWords(touch, editing) })}
                    onClick={() => write(at, null)}
                  />
                )}
              </>
            )}
          </Word>
        </span>
      ))}
      {touches.length < 8 && (
        <Word tone="add" label={tell("field.add_touch")} title={tell("field.touch")}>
          {() => (
            <StepEditor
              any
              step={null}
              onChange={(step) => onChange({ ...params, touches: [...touches, { step }] })}
            />
          )}
        </Word>
      )}
    </span>
  );
}

function TouchEditor({ touch, onChange }: { touch: Touch; onChange: (touch: Touch) => void }) {
  const { names } = useEditing();
  const tell = useKindSay("attribution");
  const property = touch.property?.property ?? NAME;
  const by = property === NAME ? "event" : "property";
  return (
    <div className={own.touch}>
      <StepEditor any step={touch.step} onChange={(step) => onChange({ ...touch, step })} />
      <label>
        {tell("field.named_by")}
        <Select
          size="small"
          value={by}
          onChange={(next) =>
            onChange({ ...touch, property: { property: next === "event" ? NAME : "channel" } })
          }
          options={(["event", "property"] as const).map((value) => ({
            value,
            label: tell(`named_by.${value}`),
          }))}
        />
      </label>
      {by === "property" && (
        <PropertySelect
          value={{ property, scope: "event", kind: names.kind(property) ?? null }}
          scopes={["event"]}
          events={eventsOf(touch.step)}
          width="100%"
          onChange={(picked) => onChange({ ...touch, property: { property: picked.property } })}
        />
      )}
    </div>
  );
}

function Refund({ params, onChange }: Props) {
  const tell = useKindSay("attribution");
  return (
    <Choose
      title={tell("refund.title")}
      value={params.refund ? "net" : "paid"}
      options={(["paid", "net"] as const).map((value) => ({
        value,
        label: tell(`refund.${value}`),
        note: tell(`refund.${value}_note`),
      }))}
      onChange={(next) => onChange({ ...params, refund: next === "net" ? oneEvent("refund") : null })}
    />
  );
}

/** What changes how models split, seldom touched. */
function Settings({ params, onChange }: Props) {
  const tell = useKindSay("attribution");
  const weights = params.position ?? [0.4, 0.2, 0.4];
  const [direct, setDirect] = useState((params.direct ?? ["natural", "direct", "(direct)"]).join(", "));
  const number = (
    key: "half_life_days" | "again_minutes" | "names",
    least: number,
    most: number,
    held: number,
  ) => (
    <label>
      {tell(`settings.${key}`)}
      <NumberInput
        size="small"
        style={{ width: 90 }}
        min={least}
        max={most}
        value={params[key] ?? held}
        onChange={(next) => next !== null && onChange({ ...params, [key]: Number(next) })}
      />
    </label>
  );
  const flag = (key: "chain" | "fresh", held: boolean) => (
    <label>
      {tell(`settings.${key}`)}
      <Select
        size="small"
        style={{ width: 130 }}
        value={String(params[key] ?? held)}
        onChange={(next) => onChange({ ...params, [key]: next === "true" })}
        options={["true", "false"].map((value) => ({ value, label: tell(`settings.${key}_${value}`) }))}
      />
    </label>
  );
  return (
    <div className={own.settings}>
      {flag("chain", true)}
      {flag("fresh", false)}
      {number("half_life_days", 0.1, 366, 7)}
      {number("again_minutes", 0, 1440, 30)}
      {number("names", 1, 12, 12)}
      {(["first", "middle", "last"] as const).map((part, at) => (
        <label key={part}>
          {tell(`settings.weight_${part}`)}
          <NumberInput
            size="small"
            style={{ width: 90 }}
            min={0}
            max={1000}
            step={0.1}
            value={weights[at]}
            onChange={(next) => {
              if (next === null) return;
              const all = weights.map((one, place) => (place === at ? Number(next) : one));
              if (all.some((one) => one > 0)) {
                onChange({ ...params, position: all as NonNullable<AttributionParams["position"]> });
              }
            }}
          />
        </label>
      ))}
      <label>
        {tell("settings.direct")}
        <Input
          size="small"
          style={{ width: 150 }}
          value={direct}
          onChange={(event) => setDirect(event.target.value)}
          onBlur={() =>
            onChange({
              ...params,
              direct: direct
                .split(/[,，、]+/)
                .map((one) => one.trim())
                .filter(Boolean),
            })
          }
        />
      </label>
    </div>
  );
}
