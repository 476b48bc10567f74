import dayjs from "dayjs";
import { useState } from "react";
import { useSchemaValues } from "@/api";
import type { Kind, Scope } from "@/api";
import type { Condition, Operator } from "@/api/questions";
import { short } from "@/format";
import { DatePicker, Input, NumberInput, Select } from "@/ui";
import { useEditing } from "./context";
import { momentValues } from "@/format/moments";
import { isMoney } from "./names";
import { arity } from "./question";

type Value = Condition["value"];
interface Props {
  property: string;
  scope: Scope;
  kind: Kind;
  op: Operator;
  value: Value;
  onChange: (value: Value) => void;
}

function listOf(value: Value): (string | number | boolean)[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The value of a condition, in the way its kind is written, with what was seen before as suggestions. */
export function ValueInput(props: Props) {
  if (arity(props.op) === "none") return null;
  const named = momentValues(props.property);
  if (named && arity(props.op) !== "two" && NAMED.includes(props.op))
    return <NamedValues {...props} values={named} />;
  if (props.kind === "flag") return <FlagInput {...props} />;
  if (props.kind === "number") return <NumberValues {...props} />;
  if (props.kind === "time") return <TimeValues {...props} />;
  return <TextValues {...props} />;
}

const NAMED: readonly Operator[] = ["is", "is_not", "in", "not_in"];

/** Values that have names, such as the days of the week. */
function NamedValues({ property, op, value, values, onChange }: Props & { values: readonly number[] }) {
  const { say, names } = useEditing();
  const many = arity(op) === "many";
  const all = listOf(value).map(Number);
  return (
    <Select
      mode={many ? "multiple" : undefined}
      size="small"
      style={{ minWidth: 120, maxWidth: 320 }}
      aria-label={say(many ? "condition.values" : "condition.value")}
      placeholder={say("condition.pick")}
      value={many ? all : all[0]}
      onChange={(picked: number | number[]) => onChange(picked)}
      options={values.map((each) => ({ value: each, label: names.value(property, each) ?? String(each) }))}
    />
  );
}

function FlagInput({ property, value, onChange }: Props) {
  const { say, names } = useEditing();
  return (
    <Select
      size="small"
      style={{ minWidth: 88 }}
      aria-label={say("condition.value")}
      value={value === null || value === undefined ? undefined : String(value)}
      onChange={(picked: string) => onChange(picked === "true")}
      options={[
        { value: "true", label: names.value(property, true) ?? say("group.yes") },
        { value: "false", label: names.value(property, false) ?? say("group.no") },
      ]}
    />
  );
}

function NumberValues({ property, op, value, onChange }: Props) {
  const { say, project } = useEditing();
  const money = isMoney(property);
  const scale = money ? 100 : 1;
  const all = listOf(value).map(Number);
  if (arity(op) === "many") {
    return (
      <Select
        mode="tags"
        size="small"
        style={{ minWidth: 140 }}
        open={false}
        aria-label={say("condition.values")}
        placeholder={say("condition.numbers")}
        tokenSeparators={[",", "，", " "]}
        value={all.map((number) => String(number / scale))}
        onChange={(texts: string[]) =>
          onChange(
            texts
              .map(Number)
              .filter(Number.isFinite)
              .map((number) => Math.round(number * scale * 1e6) / 1e6),
          )
        }
      />
    );
  }
  const field = (at: number, label: string) => (
    <NumberInput
      size="small"
      style={{ width: 96 }}
      aria-label={label}
      prefix={money ? (project.currency === "CNY" ? "¥" : project.currency) : undefined}
      value={all[at] === undefined ? null : all[at] / scale}
      onChange={(number) => {
        const written = number === null ? null : Math.round(Number(number) * scale * 1e6) / 1e6;
        if (arity(op) === "one") return onChange(written);
        const next = [all[0], all[1]];
        next[at] = written ?? undefined;
        onChange(next.filter((entry): entry is number => entry !== undefined));
      }}
    />
  );
  return arity(op) === "one" ? (
    field(0, say("condition.value"))
  ) : (
    <span>
      {field(0, say("condition.from"))} {say("condition.and")} {field(1, say("condition.to"))}
    </span>
  );
}

function TimeValues({ op, value, onChange }: Props) {
  const { say } = useEditing();
  const all = listOf(value).map(String);
  const field = (at: number) => (
    <DatePicker
      size="small"
      showTime={{ format: "HH:mm" }}
      aria-label={say("condition.value")}
      value={all[at] ? dayjs(all[at]) : null}
      onChange={(moment) => {
        const written = moment ? moment.format("YYYY-MM-DDTHH:mm:ssZ") : null;
        if (arity(op) === "one") return onChange(written);
        const next = [...all];
        next[at] = written ?? "";
        onChange(next.filter(Boolean));
      }}
    />
  );
  return arity(op) === "one" ? (
    field(0)
  ) : (
    <span>
      {field(0)} {say("condition.and")} {field(1)}
    </span>
  );
}

const PATTERN = "^SO\\d+";
const FREE: readonly Operator[] = ["contains", "not_contains", "starts_with", "ends_with", "matches"];

function TextValues({ property, scope, kind, op, value, onChange }: Props) {
  const { say, project, names, language } = useEditing();
  const [text, setText] = useState("");
  const free = FREE.includes(op);
  const { data, isFetching } = useSchemaValues(
    project.id,
    free || !property ? null : { property, scope, kind, q: text },
  );
  if (free) {
    return (
      <Input
        size="small"
        style={{ width: 160 }}
        aria-label={say("condition.value")}
        placeholder={op === "matches" ? PATTERN : undefined}
        value={String(value ?? "")}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  const many = arity(op) === "many";
  const options = (data?.values ?? []).map(({ value: seen, count }) => ({
    value: String(seen),
    label: names.value(property, seen) ?? String(seen),
    count,
  }));
  return (
    <Select
      mode={many ? "multiple" : undefined}
      size="small"
      style={{ minWidth: 140, maxWidth: 320 }}
      popupMatchSelectWidth={240}
      aria-label={say(many ? "condition.values" : "condition.value")}
      placeholder={say("condition.pick")}
      loading={isFetching}
      showSearch={{ filterOption: false, onSearch: setText }}
      onBlur={() => setText("")}
      value={
        many ? listOf(value).map(String) : value === null || value === undefined ? undefined : String(value)
      }
      onChange={(picked: string | string[]) => onChange(picked)}
      labelRender={({ value: held }) => names.value(property, String(held)) ?? String(held)}
      options={
        text && !options.some((option) => option.value === text)
          ? [...options, { value: text, label: say("condition.as_written", { text }), count: null }]
          : options
      }
      optionRender={({ data: option }) => (
        <span style={{ display: "flex", justifyContent: "space-between", gap: 12 }}>
          <span>{option.label}</span>
          <span style={{ color: "var(--ink-3)" }}>
            {option.count === null ? "" : short(option.count, language)}
          </span>
        </span>
      )}
    />
  );
}
