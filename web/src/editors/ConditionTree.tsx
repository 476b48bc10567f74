import type { Scope } from "@/api";
import type { Condition, Test } from "@/api/questions";
import { Button, Icon, Segmented, Select } from "@/ui";
import { useEditing } from "./context";
import { PropertySelect } from "./PropertySelect";
import { isCondition, isOneItem, operatorsFor, valueFor, withAt } from "./question";
import { ValueInput } from "./ValueInput";
import styles from "./editors.module.css";

interface TreeProps {
  tests: readonly Test[];
  onChange: (tests: Test[]) => void;
  scopes?: readonly Scope[];
  events?: readonly string[] | undefined;
  /** What "add" says. */
  addLabel?: string;
  depth?: number;
}

const blank = (scope: Scope): Condition => ({ property: "", op: "is", value: null, scope });

/** Tests that must hold together, each a condition, a group of them, its opposite, or "one and the same item". */
export function ConditionTree({
  tests,
  onChange,
  scopes = ["event", "item", "person"],
  events,
  addLabel,
  depth = 0,
}: TreeProps) {
  const { say } = useEditing();
  const scope = scopes[0] ?? "event";
  const add = (test: Test) => onChange([...tests, test]);
  return (
    <div className={styles.tree}>
      {tests.map((test, at) => (
        <TestRow
          key={at}
          test={test}
          scopes={scopes}
          events={events}
          depth={depth}
          onChange={(next) => onChange(withAt(tests, at, next))}
        />
      ))}
      <div className={styles.treeAdd}>
        <Button
          size="small"
          type="text"
          icon={<Icon name="plus" size={14} />}
          onClick={() => add(blank(scope))}
        >
          {addLabel ?? say("condition.add")}
        </Button>
        {depth < 3 && tests.length > 0 && (
          <Button size="small" type="text" onClick={() => add({ any: [blank(scope), blank(scope)] })}>
            {say("condition.add_any")}
          </Button>
        )}
        {depth < 3 && scopes.includes("item") && (
          <Button size="small" type="text" onClick={() => add({ item: [blank("item")] })}>
            {say("condition.add_item")}
          </Button>
        )}
      </div>
    </div>
  );
}

interface RowProps extends Omit<TreeProps, "tests" | "onChange" | "addLabel"> {
  test: Test;
  onChange: (test: Test | null) => void;
}

function TestRow({ test, onChange, ...rest }: RowProps) {
  const { say } = useEditing();
  if (isCondition(test)) return <ConditionRow condition={test} onChange={onChange} {...rest} />;
  const depth = (rest.depth ?? 0) + 1;
  if (isOneItem(test)) {
    return (
      <div className={styles.group}>
        <GroupHead onRemove={() => onChange(null)}>{say("condition.one_item")}</GroupHead>
        <ConditionTree
          tests={test.item}
          scopes={["item"]}
          events={rest.events}
          depth={9}
          onChange={(tests) => onChange(tests.length > 0 ? { item: tests as Condition[] } : null)}
        />
      </div>
    );
  }
  const negated = "not" in test;
  const inner: Test = negated ? (test.not as Test) : test;
  if (isCondition(inner) || isOneItem(inner) || "not" in inner) {
    return (
      <div className={styles.group}>
        <GroupHead onRemove={() => onChange(null)}>{say("condition.not")}</GroupHead>
        <TestRow test={inner} {...rest} depth={depth} onChange={(next) => onChange(next && { not: next })} />
      </div>
    );
  }
  const way = "all" in inner ? "all" : "any";
  const tests = (way === "all" ? (inner as { all: Test[] }).all : (inner as { any: Test[] }).any) ?? [];
  const write = (nextWay: "all" | "any" | "none", nextTests: readonly Test[]) => {
    if (nextTests.length === 0) return onChange(null);
    const list = [...nextTests];
    if (nextWay === "none") return onChange({ not: { any: list } });
    onChange(nextWay === "all" ? { all: list } : { any: list });
  };
  const shown = negated ? "none" : way;
  return (
    <div className={styles.group}>
      <GroupHead onRemove={() => onChange(null)}>
        <Segmented
          size="small"
          value={shown}
          onChange={(next) => write(next as "all", tests)}
          options={(["any", "all", "none"] as const).map((value) => ({
            value,
            label: say(`condition.${value}`),
          }))}
        />
      </GroupHead>
      <ConditionTree tests={tests} {...rest} depth={depth} onChange={(next) => write(shown, next)} />
    </div>
  );
}

function GroupHead({ children, onRemove }: { children: React.ReactNode; onRemove: () => void }) {
  const { say } = useEditing();
  return (
    <div className={styles.groupHead}>
      <span>{children}</span>
      <RemoveButton label={say("condition.remove_group")} onClick={onRemove} />
    </div>
  );
}

export function RemoveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button type="button" className={styles.quiet} aria-label={label} title={label} onClick={onClick}>
      <Icon name="close" size={12} />
    </button>
  );
}

function ConditionRow({
  condition,
  onChange,
  scopes,
  events,
}: Omit<RowProps, "test"> & { condition: Condition }) {
  const { say, names } = useEditing();
  const scope = condition.scope ?? "event";
  const kind = condition.kind ?? names.kind(condition.property, scope) ?? "text";
  const chosen = condition.property !== "";
  return (
    <div className={styles.condition}>
      <PropertySelect
        value={chosen ? { property: condition.property, scope, kind } : null}
        scopes={scopes}
        events={events}
        width={160}
        autoFocus={!chosen}
        onChange={(picked) => {
          const ops = operatorsFor(picked.kind ?? "text");
          const op = ops.includes(condition.op) ? condition.op : (ops[0] ?? "is");
          onChange({ ...condition, ...picked, op, value: chosen ? valueFor(op, condition.value) : null });
        }}
      />
      {chosen && (
        <>
          <Select
            size="small"
            style={{ width: 112 }}
            aria-label={say("condition.operator")}
            value={condition.op}
            onChange={(op) => onChange({ ...condition, op, value: valueFor(op, condition.value) })}
            options={operatorsFor(kind).map((op) => ({ value: op, label: say(`op.${op}`) }))}
          />
          <ValueInput
            property={condition.property}
            scope={scope}
            kind={kind}
            op={condition.op}
            value={condition.value}
            onChange={(value) => onChange({ ...condition, value })}
          />
          {scope === "person" && (
            <WhenSelect value={condition.when} onChange={(when) => onChange({ ...condition, when })} />
          )}
        </>
      )}
      <RemoveButton label={say("condition.remove")} onClick={() => onChange(null)} />
    </div>
  );
}

/** A person's property: as it is now, or as it was when the event happened. */
export function WhenSelect({
  value,
  onChange,
}: {
  value: "now" | "event" | undefined;
  onChange: (when: "now" | "event") => void;
}) {
  const { say } = useEditing();
  return (
    <Select
      size="small"
      variant="borderless"
      style={{ width: 108 }}
      aria-label={say("when.title")}
      value={value ?? "now"}
      onChange={onChange}
      options={(["now", "event"] as const).map((when) => ({ value: when, label: say(`when.${when}`) }))}
    />
  );
}
