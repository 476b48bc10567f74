import { useMemo, useState } from "react";
import { useSchemaValues } from "@/api";
import type { Breakdown, Clean } from "@/api/questions";
import { short } from "@/format";
import { Input } from "@/ui";
import { ruleOf } from "./clean";
import { RemoveButton } from "./ConditionTree";
import { useEditing } from "./context";
import styles from "./editors.module.css";

/** As many values as are looked at to say what a rule catches. */
const LOOKED_AT = 500;
const MOST = 20;

/** Rules that put values of text together: all pages of goods are one. Nothing for other kinds of values. */
export function CleanEditor({
  value,
  onChange,
}: {
  value: Breakdown;
  onChange: (breakdown: Breakdown) => void;
}) {
  const { say, names } = useEditing();
  const scope = value.scope ?? "event";
  const kind = value.kind ?? names.kind(value.property, scope) ?? "text";
  const [rules, setRules] = useState<readonly Clean[]>(value.clean ?? []);
  const may = kind === "text" || (kind === "list" && scope !== "person");
  if (!may || value.property.startsWith("$")) return null;
  const told = (next: readonly Clean[]) =>
    onChange({ ...value, clean: next.filter(({ pattern }) => pattern) });
  const write = (at: number, rule: Clean) =>
    setRules(rules.map((each, place) => (place === at ? rule : each)));
  if (rules.length === 0) {
    return (
      <button type="button" className={styles.quietWords} onClick={() => setRules([{ pattern: "" }])}>
        {say("clean.add")}
      </button>
    );
  }
  return (
    <fieldset className={styles.clean}>
      <legend>{say("clean.title")}</legend>
      {rules.map((rule, at) => (
        <div key={at} className={styles.condition}>
          <Input
            size="small"
            style={{ width: 150 }}
            autoFocus={!rule.pattern}
            maxLength={500}
            aria-label={say("clean.pattern")}
            placeholder={say("clean.pattern_hint")}
            value={rule.pattern}
            onChange={({ target }) => write(at, { ...rule, pattern: target.value })}
            onBlur={() => told(rules)}
            onPressEnter={() => told(rules)}
          />
          <Input
            size="small"
            style={{ width: 110 }}
            maxLength={200}
            aria-label={say("clean.name")}
            placeholder={say("clean.name_hint")}
            value={rule.name ?? ""}
            onChange={({ target }) => write(at, { ...rule, name: target.value || null })}
            onBlur={() => told(rules)}
            onPressEnter={() => told(rules)}
          />
          <RemoveButton
            label={say("clean.remove")}
            onClick={() => {
              const next = rules.filter((_, place) => place !== at);
              setRules(next);
              told(next);
            }}
          />
          <Caught property={value.property} scope={scope} kind={kind} rules={rules} at={at} />
        </div>
      ))}
      {rules.length < MOST && (
        <button
          type="button"
          className={styles.quietWords}
          onClick={() => setRules([...rules, { pattern: "" }])}
        >
          {say("clean.rule")}
        </button>
      )}
      <p>{say("clean.note")}</p>
    </fieldset>
  );
}

/** How many values a rule names, and how often they come. */
function Caught({
  property,
  scope,
  kind,
  rules,
  at,
}: {
  property: string;
  scope: NonNullable<Breakdown["scope"]>;
  kind: NonNullable<Breakdown["kind"]>;
  rules: readonly Clean[];
  at: number;
}) {
  const { say, project, language } = useEditing();
  const { data } = useSchemaValues(project.id, { property, scope, kind }, LOOKED_AT);
  const caught = useMemo(
    () => data?.values.filter(({ value }) => ruleOf(rules, String(value)) === at),
    [data, rules, at],
  );
  if (!caught || !rules[at]?.pattern) return null;
  return (
    <span className={styles.caught}>
      {say((data?.values.length ?? 0) < LOOKED_AT ? "clean.caught" : "clean.caught_among", {
        limit: LOOKED_AT,
        count: caught.length,
        times: short(
          caught.reduce((sum, { count }) => sum + count, 0),
          language,
        ),
      })}
    </span>
  );
}
