import type { Breakdown, Measure, Step, Within } from "@/api/questions";
import {
  BreakdownEditor,
  CleanEditor,
  MeasureEditor,
  PropertySelect,
  StepEditor,
  useEditing,
  ValueInput,
  WindowEditor,
  Word,
} from "@/editors";
import { Input } from "@/ui";
import { Choose } from "@/pages/analyse/Choose";
import { ListWords } from "./ListWords";
import { NumberField, NumbersField } from "./numbers";
import type { Field } from "./shape";
import { isSet, valueWords } from "./words";
import styles from "@/pages/analyse/analyse.module.css";

/** An editor of values of the property that another parameter names. */
const VALUE_OF = "value:";

interface Props {
  field: Field;
  /** Inside the sentence: the value alone. Outside: its name and the value. */
  plain: boolean;
  value: unknown;
  events: string[];
  /** What another parameter of the question is set to. */
  other?: ((name: string) => unknown) | undefined;
  onChange: (value: unknown) => void;
}

/** One parameter as a word of the question, with the editor that its type asks for. */
export function FieldWord({ field, plain, value, events, other, onChange }: Props) {
  const editing = useEditing();
  const { say, language } = editing;
  const both = (text: { en: string; zh: string }) => (language === "en" ? text.en : text.zh);
  const title = both(field.title);
  const { shape } = field;
  if (shape.type === "choice" || shape.type === "switch") {
    const values = shape.type === "choice" ? shape.values : ["false", "true"];
    const options = values.map((each) => {
      const words = field.choices[each];
      return {
        value: each,
        label: words ? both(words) : shape.type === "switch" ? say(`switch.${each}`) : each,
      };
    });
    const all = field.optional ? [{ value: "", label: say("switch.none") }, ...options] : options;
    const named = plain || (shape.type === "switch" && Object.keys(field.choices).length > 0);
    return (
      <Choose
        title={title}
        value={String(value ?? "")}
        options={all}
        face={named ? undefined : (label) => say("field.value", { title, value: label })}
        onChange={(next) => onChange(shape.type === "switch" ? next === "true" : next === "" ? null : next)}
      />
    );
  }
  if (plain && (shape.type === "steps" || shape.type === "measures")) {
    return <ListWords shape={shape.type} title={title} value={value} events={events} onChange={onChange} />;
  }
  const set = isSet(value);
  const words = set ? valueWords(field, value, editing) : "";
  const label = set
    ? plain
      ? words
      : say("field.value", { title, value: words })
    : plain
      ? field.choices[""]
        ? both(field.choices[""])
        : `+ ${title}`
      : say("field.add", { title });
  return (
    <Word label={label} title={title} tone={set || (plain && field.choices[""]) ? "word" : "add"}>
      {(close) => (
        <div className={styles.field}>
          <Editor
            field={field}
            value={value}
            events={events}
            other={other}
            onChange={onChange}
            close={close}
          />
          {field.help && <p className={styles.note}>{both(field.help)}</p>}
          {set && field.optional && (
            <button
              type="button"
              className={styles.clear}
              onClick={() => {
                onChange(null);
                close();
              }}
            >
              {say("clear")}
            </button>
          )}
        </div>
      )}
    </Word>
  );
}

function Editor({
  field,
  value,
  events,
  other,
  onChange,
  close,
}: Omit<Props, "plain"> & { close: () => void }) {
  const { shape } = field;
  switch (shape.type) {
    case "step":
      return <StepEditor any step={(value as Step | null) ?? null} onChange={onChange} onDone={close} />;
    case "measure":
      return (
        <MeasureEditor
          value={(value as Measure | null) ?? { kind: "count" }}
          events={events}
          onChange={onChange}
          onDone={close}
        />
      );
    case "breakdown":
      return (
        <>
          <PropertySelect
            value={property(value as Breakdown | null)}
            autoFocus
            onChange={(picked) => {
              onChange(picked);
              close();
            }}
          />
          {Boolean(value) && <CleanEditor value={value as Breakdown} onChange={onChange} />}
        </>
      );
    case "breakdowns":
      return <BreakdownEditor value={(value as Breakdown[] | null) ?? []} onChange={onChange} />;
    case "steps":
    case "measures":
      return <ListWords shape={shape.type} title="" value={value} events={events} onChange={onChange} />;
    case "within":
      return <WindowEditor value={(value as Within | null) ?? {}} onChange={onChange} onDone={close} />;
    case "number":
      return (
        <NumberField
          {...shape}
          edit={field.edit}
          value={value as number | null}
          onChange={onChange}
          onDone={close}
        />
      );
    case "numbers":
      return (
        <NumbersField
          integer={shape.integer}
          edit={field.edit}
          value={(value as number[] | null) ?? []}
          onChange={onChange}
          onDone={close}
        />
      );
    case "text":
      if (field.edit === "property") {
        return (
          <PropertySelect
            value={value ? { property: value as string, scope: "event" } : null}
            scopes={["event"]}
            autoFocus
            onChange={(picked) => {
              onChange(picked.property);
              close();
            }}
          />
        );
      }
      if (field.edit?.startsWith(VALUE_OF)) {
        return (
          <ValueInput
            property={String(other?.(field.edit.slice(VALUE_OF.length)) ?? "")}
            scope="event"
            kind="text"
            op="is"
            value={(value as string | null) ?? null}
            onChange={(picked) => {
              onChange(picked);
              close();
            }}
          />
        );
      }
      return (
        <Input
          size="small"
          data-autofocus
          defaultValue={(value as string | null) ?? ""}
          onBlur={(event) => onChange(event.target.value || null)}
          onPressEnter={(event) => {
            onChange(event.currentTarget.value || null);
            close();
          }}
        />
      );
    default:
      return null;
  }
}

function property(value: Breakdown | null) {
  return value ? { property: value.property, scope: value.scope ?? "event", kind: value.kind } : null;
}
