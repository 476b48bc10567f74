import { OTHER } from "@/api/questions";
import type {
  Breakdown,
  Condition,
  GroupLabel,
  Measure,
  OneItem,
  Operator,
  Step,
  Test,
  ValueKind,
} from "@/api/questions";

export function isOther(group: GroupLabel | null): boolean {
  return group !== null && group.length === 1 && group[0] === OTHER;
}

export function isCondition(test: Test): test is Condition {
  return "property" in test;
}

export function isOneItem(test: Test): test is OneItem {
  return "item" in test;
}

export function oneEvent(event: string): Step {
  return { any_of: [{ event }] };
}

/** The same property, whatever else is said of it. */
export function sameProperty(
  a: Pick<Breakdown, "property" | "scope">,
  b: Pick<Breakdown, "property" | "scope">,
): boolean {
  return a.property === b.property && (a.scope ?? "event") === (b.scope ?? "event");
}

/** Replace, or with `null` remove, the entry at `index`. */
export function withAt<T>(list: readonly T[], index: number, value: T | null): T[] {
  return value === null
    ? list.filter((_, at) => at !== index)
    : list.map((entry, at) => (at === index ? value : entry));
}

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, at) => at !== from);
  const entry = list[from];
  if (entry === undefined) return [...list];
  return [...rest.slice(0, to), entry, ...rest.slice(to)];
}

export const NEEDS_PROPERTY: readonly Measure["kind"][] = [
  "sum",
  "mean",
  "min",
  "max",
  "median",
  "percentile",
  "distinct",
];

const OPERATORS: Record<ValueKind, Operator[]> = {
  text: ["is", "is_not", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with", "matches"],
  number: ["is", "is_not", "gt", "gte", "lt", "lte", "between", "in", "not_in"],
  time: ["before", "after", "between"],
  flag: ["is", "is_not"],
  list: ["has", "has_any", "has_all", "has_none"],
};

export function operatorsFor(kind: ValueKind): Operator[] {
  return [...OPERATORS[kind], "is_set", "is_not_set"];
}

/** How many values an operator takes. */
export function arity(op: Operator): "none" | "one" | "two" | "many" {
  if (op === "is_set" || op === "is_not_set") return "none";
  if (op === "between") return "two";
  if (["in", "not_in", "has_any", "has_all", "has_none"].includes(op)) return "many";
  return "one";
}

/** Keep what still fits of a value when the operator changes. */
export function valueFor(op: Operator, value: Condition["value"]): Condition["value"] {
  const list = Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
  switch (arity(op)) {
    case "none":
      return null;
    case "one":
      return list[0] ?? null;
    case "two":
      return list.slice(0, 2);
    case "many":
      return list;
  }
}

/** Whether the condition can be asked; half-written ones are kept in the editor only. */
export function isComplete(test: Test): boolean {
  if (isCondition(test)) {
    const needs = arity(test.op);
    if (!test.property) return false;
    if (needs === "none") return true;
    if (needs === "one") return test.value !== null && test.value !== undefined && test.value !== "";
    const size = Array.isArray(test.value) ? test.value.length : 0;
    return needs === "two" ? size === 2 : size > 0;
  }
  if (isOneItem(test)) return test.item.length > 0 && test.item.every(isComplete);
  if ("not" in test) return isComplete(test.not as Test);
  if ("all" in test) return (test.all as Test[]).every(isComplete);
  const some = test.any as Test[];
  return some.length > 0 && some.every(isComplete);
}
