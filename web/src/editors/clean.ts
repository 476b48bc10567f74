/** Values of text put together by wildcards, as the server does it, and as conditions. */
import type { Breakdown, Clean, Condition, Operator, Test } from "@/api/questions";

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** Which rule names a value: the first that matches the whole of it; -1 for none. */
export function ruleOf(rules: readonly Clean[], value: string): number {
  return rules.findIndex(({ pattern }) => fits(pattern, value));
}

/** Part after part from the left, so that no number of stars takes long. */
export function fits(pattern: string, value: string): boolean {
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return value === pattern;
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) {
    return false;
  }
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= value.length - last.length;
}

type Of = Pick<Breakdown, "property" | "scope" | "kind">;

function condition({ property, scope = "event", kind = null }: Of, op: Operator, value: string): Condition {
  return { property, scope, kind, op, value };
}

/** The condition that a value matches a pattern, as plain as it can be said. */
export function patternTest(by: Of, pattern: string): Condition {
  const parts = pattern.split("*");
  const [first = "", last = ""] = [parts[0], parts.at(-1)];
  const one = (op: Operator, value: string) => condition(by, op, value);
  if (parts.length === 1) return one("is", pattern);
  if (parts.length === 2 && !last && first) return one("starts_with", first);
  if (parts.length === 2 && !first && last) return one("ends_with", last);
  if (parts.length === 3 && !first && !last && parts[1]) return one("contains", parts[1]);
  return one("matches", `(?s)\\A${parts.map(escaped).join(".*")}\\Z`);
}

/** What a value must pass to be told as `label`: it fits a rule of that name and none before, or is called so itself. */
export function cleanedTests(by: Breakdown, label: string): Test[] {
  const rules = by.clean ?? [];
  const nameOf = ({ pattern, name }: Clean) => name || pattern;
  const apart = (end: number): Test[] =>
    rules
      .slice(0, end)
      .filter((rule) => nameOf(rule) !== label)
      .map(({ pattern }) => ({ not: patternTest(by, pattern) }));
  const ways = rules.flatMap((rule, at): Test[][] =>
    nameOf(rule) === label ? [[patternTest(by, rule.pattern), ...apart(at)]] : [],
  );
  if (ruleOf(rules, label) < 0) ways.push([condition(by, "is", label)]);
  if (ways.length === 1) return ways[0]!;
  return [{ any: ways.map((all) => (all.length === 1 ? all[0]! : { all })) }];
}
