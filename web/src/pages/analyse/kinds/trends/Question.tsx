import type { TrendsParams } from "@/api/questions";
import {
  FormulaEditor,
  MeasureEditor,
  measureWords,
  Sentence,
  StepEditor,
  stepWords,
  useEditing,
  Word,
} from "@/editors";
import { RemoveButton } from "@/editors";
import { oneEvent, withAt } from "@/editors/question";
import { Checkbox, NumberInput } from "@/ui";
import { PeopleWord, PeriodWord, Tail } from "@/pages/analyse/Asked";
import { Choose } from "@/pages/analyse/Choose";
import { eventsOf } from "@/pages/analyse/events";
import styles from "@/pages/analyse/analyse.module.css";

import { OutlookWord } from "./OutlookWord";

const GRAINS = ["minute", "hour", "day", "week", "month", "total"] as const;
const DAYS = ["all", "working", "off"] as const;
const letter = (at: number) => String.fromCharCode(65 + at);

export function TrendsQuestion({
  params,
  onChange,
}: {
  params: TrendsParams;
  onChange: (params: TrendsParams) => void;
}) {
  const editing = useEditing();
  const { say } = editing;
  const { series } = params;
  const formulas = params.formulas ?? [];
  const seriesNames = series.map(
    (each) => each.name || `${stepWords(each.step, editing)} · ${measureWords(each.measure, editing)}`,
  );
  const many = series.length + formulas.length > 1;
  const rows = (
    <span className={styles.series}>
      {series.map((each, at) => (
        <span key={at} className={styles.one}>
          {many && <i className={styles.letter}>{letter(at)}</i>}
          <Word label={stepWords(each.step, editing)} title={say("series.event")}>
            {() => (
              <StepEditor
                any
                step={each.step}
                onChange={(step) => onChange({ ...params, series: withAt(series, at, { ...each, step }) })}
              />
            )}
          </Word>
          <span>{say("series.of")}</span>
          <Word label={measureWords(each.measure, editing)} title={say("measure.title")}>
            {(close) => (
              <MeasureEditor
                value={each.measure ?? { kind: "count" }}
                events={each.step.any_of.map(({ event }) => event)}
                onChange={(measure) =>
                  onChange({ ...params, series: withAt(series, at, { ...each, measure }) })
                }
                onDone={close}
              />
            )}
          </Word>
          {series.length > 1 && (
            <RemoveButton
              label={say("series.remove", { letter: letter(at) })}
              onClick={() => onChange({ ...params, series: withAt(series, at, null) })}
            />
          )}
        </span>
      ))}
      {formulas.map((formula, at) => (
        <span key={`f${at}`} className={styles.one}>
          <i className={styles.letter}>ƒ</i>
          <Word
            label={formula.name ? `${formula.name} = ${formula.expression}` : formula.expression}
            title={say("formula.title")}
          >
            {(close) => (
              <FormulaEditor
                value={formula}
                series={series.length}
                names={seriesNames}
                onDone={close}
                onChange={(next) => onChange({ ...params, formulas: withAt(formulas, at, next) })}
              />
            )}
          </Word>
          <RemoveButton
            label={say("formula.remove")}
            onClick={() => onChange({ ...params, formulas: withAt(formulas, at, null) })}
          />
        </span>
      ))}
    </span>
  );
  const adds = (
    <>
      {series.length < 12 && (
        <Word tone="add" label={say("series.add")} title={say("series.event")}>
          {(close) => (
            <StepEditor
              any
              step={null}
              onDone={close}
              onChange={(step) =>
                onChange({
                  ...params,
                  series: [
                    ...series,
                    { step: step ?? oneEvent("*"), measure: series.at(-1)?.measure ?? { kind: "count" } },
                  ],
                })
              }
            />
          )}
        </Word>
      )}
      {formulas.length < 12 && (
        <Word tone="add" label={say("formula.add")} title={say("formula.title")}>
          {(close) => (
            <FormulaEditor
              value={null}
              series={series.length}
              names={seriesNames}
              onDone={close}
              onChange={(formula) => onChange({ ...params, formulas: [...formulas, formula] })}
            />
          )}
        </Word>
      )}
    </>
  );
  const smoothing = [
    params.cumulative && say("smooth.cumulative_word"),
    (params.rolling ?? 1) > 1 && say("smooth.rolling_word", { count: params.rolling ?? 1 }),
  ].filter(Boolean);
  return (
    <>
      <Sentence
        text={say("question.trends")}
        slots={{
          series: rows,
          period: <PeriodWord params={params} onChange={onChange} />,
          people: <PeopleWord params={params} onChange={onChange} />,
          grain: (
            <Choose
              title={say("grain.title")}
              value={params.grain ?? "day"}
              options={GRAINS.map((value) => ({ value, label: say(`grain.${value}`) }))}
              onChange={(grain) => onChange({ ...params, grain })}
            />
          ),
        }}
      />
      <Tail params={params} onChange={onChange} events={eventsOf(params)}>
        {adds}
        <Choose
          title={say("days.title")}
          tone={(params.days ?? "all") === "all" ? "add" : "chip"}
          value={params.days ?? "all"}
          options={DAYS.map((value) => ({ value, label: say(`days.${value}`) }))}
          face={(label) => ((params.days ?? "all") === "all" ? say("days.add") : label)}
          onChange={(days) => onChange({ ...params, days })}
        />
        {params.grain !== "total" && params.grain !== "minute" && !params.cumulative && (
          <OutlookWord params={params} onChange={onChange} />
        )}
        {params.grain !== "total" && (
          <Word
            tone={smoothing.length > 0 ? "chip" : "add"}
            label={smoothing.length > 0 ? smoothing.join(" · ") : say("smooth.add")}
            title={say("smooth.title")}
          >
            {() => (
              <div className={styles.choose}>
                <Checkbox
                  checked={params.cumulative ?? false}
                  onChange={({ target }) => onChange({ ...params, cumulative: target.checked })}
                >
                  {say("smooth.cumulative")}
                </Checkbox>
                <label className={styles.top}>
                  {say("smooth.rolling")}
                  <NumberInput
                    size="small"
                    style={{ width: 64 }}
                    min={1}
                    max={365}
                    value={params.rolling ?? 1}
                    onChange={(rolling) => rolling && onChange({ ...params, rolling: Number(rolling) })}
                  />
                </label>
              </div>
            )}
          </Word>
        )}
      </Tail>
    </>
  );
}
