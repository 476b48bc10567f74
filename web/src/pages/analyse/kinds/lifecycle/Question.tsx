import { useAnalyses } from "@/api";
import type { LifecycleParams, Params } from "@/api/questions";
import { RemoveButton, useEditing, Word } from "@/editors";
import { Form } from "@/pages/analyse/form/Form";
import type { QuestionProps } from "@/pages/analyse/kit";
import { useKindSay } from "@/pages/analyse/kits";
import { Button, Input, NumberInput } from "@/ui";
import analyse from "@/pages/analyse/analyse.module.css";
import styles from "./stages.module.css";

type Stage = NonNullable<LifecycleParams["stages"]>[number];
type Bound = "age_to" | "idle_to" | "times_from";
const BOUNDS: readonly Bound[] = ["age_to", "idle_to", "times_from"];

/** The sentence, and the stages people are put into. */
export function LifecycleQuestion({ params, onChange }: QuestionProps<"lifecycle">) {
  const { project, say: word } = useEditing();
  const say = useKindSay("lifecycle");
  const kind = useAnalyses(project.id).data?.find(({ name }) => name === "lifecycle");
  const stages = params.stages ?? [];
  const list = stages.map(({ name }) => name).join(word("join.list"));
  return (
    <>
      {kind && (
        <Form
          kind={kind}
          params={params}
          onChange={onChange as (params: Params) => void}
          tucked={["window"]}
        />
      )}
      <span className={analyse.adds}>
        <Word
          label={stages.length > 0 ? say("stages.own", { list }) : say("stages.standard")}
          title={say("stages.title")}
          tone={stages.length > 0 ? "word" : "add"}
        >
          {() => (
            <Stages
              stages={stages}
              window={params.window ?? 4}
              onChange={(next) => onChange({ ...params, stages: next })}
            />
          )}
        </Word>
      </span>
    </>
  );
}

/** Ordered rules, one a line. */
function Stages({
  stages,
  window,
  onChange,
}: {
  stages: readonly Stage[];
  window: number;
  onChange: (stages: Stage[]) => void;
}) {
  const say = useKindSay("lifecycle");
  const write = (at: number, change: Partial<Stage>) =>
    onChange(stages.map((stage, index) => (index === at ? { ...stage, ...change } : stage)));
  if (stages.length === 0) {
    const preset = (["new", "loyal", "active", "risk", "lost"] as const).map((each) =>
      say(`stages.preset.${each}`),
    );
    const [fresh = "", loyal = "", active = "", risk = "", lost = ""] = preset;
    return (
      <Button
        size="small"
        onClick={() =>
          onChange([
            { name: fresh, age_to: 1 },
            { name: loyal, idle_to: 1, times_from: 3 },
            { name: active, idle_to: 1 },
            { name: risk, idle_to: 3 },
            { name: lost },
          ])
        }
      >
        {say("stages.use_own")}
      </Button>
    );
  }
  return (
    <div className={styles.stages}>
      <p>{say("stages.note")}</p>
      {stages.map((stage, at) => (
        <fieldset key={at}>
          <Input
            size="small"
            aria-label={say("stages.name")}
            defaultValue={stage.name}
            onBlur={({ target }) => target.value.trim() && write(at, { name: target.value.trim() })}
          />
          {BOUNDS.map((bound) => (
            <label key={bound}>
              {say(`stages.${bound}`, { window })}
              <NumberInput
                size="small"
                style={{ width: 64 }}
                min={0}
                max={1000}
                precision={0}
                value={bound === "times_from" ? stage.times_from || null : (stage[bound] ?? null)}
                onChange={(next) =>
                  write(at, { [bound]: next === null ? (bound === "times_from" ? 0 : null) : Number(next) })
                }
              />
            </label>
          ))}
          <RemoveButton
            label={say("stages.remove", { name: stage.name })}
            onClick={() => onChange(stages.filter((_, index) => index !== at))}
          />
        </fieldset>
      ))}
      <div>
        {stages.length < 12 && (
          <Button
            size="small"
            onClick={() => onChange([...stages, { name: say("stages.fresh", { n: stages.length + 1 }) }])}
          >
            {say("stages.add")}
          </Button>
        )}{" "}
        <Button size="small" onClick={() => onChange([])}>
          {say("stages.use_standard")}
        </Button>
      </div>
    </div>
  );
}
