/** The same question for a terminal. */
import type { Analysis, Asked, Params, Step } from "@/api/questions";

/** Inside single quotes of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

export function curl(origin: string, project: string, kind: Analysis, params: Params): string {
  return [
    `curl ${quoted(`${origin}/api/v1/projects/${encodeURIComponent(project)}/analyses/${kind}`)}`,
    `  -H "Authorization: Bearer $TIDEWHEEL_TOKEN"`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${quoted(JSON.stringify(params))}`,
  ].join(" \\\n");
}

/** The name of a step that is one event without conditions. */
export function plainStep(step: Step): string | null {
  const only = step.any_of.length === 1 && !step.name ? step.any_of[0] : undefined;
  return only && (only.filters ?? []).length === 0 ? only.event : null;
}

const LAST = { hour: "h", day: "d", week: "w", month: "m" } as const;

/** The flags every question shares; null where they cannot say it. */
function askedFlags(params: Asked): string | null {
  if ((params.filters ?? []).length > 0 || params.people) return null;
  const flags: string[] = [];
  const { period } = params;
  if (period && "last" in period) flags.push(`--last ${period.last}${LAST[period.unit ?? "day"]}`);
  else if (period) flags.push(`--from ${period.from} --to ${period.to}`);
  for (const { property, scope = "event", when = "now", bins, clean } of params.breakdowns ?? []) {
    if (when === "event" || bins) return null;
    const rules = (clean ?? []).map(({ pattern, name }) => (name ? `${pattern}=>${name}` : pattern));
    if (rules.some((rule) => rule.includes("~"))) return null;
    flags.push(`--by ${quoted([scope === "event" ? property : `${scope}.${property}`, ...rules].join("~"))}`);
  }
  const compare = params.compare ?? [];
  if (compare.length > 1 || compare.some((each) => each.people || each.period !== "previous")) return null;
  if (compare.length > 0) flags.push("--compare");
  if (params.top) flags.push(`--top ${params.top}`);
  return flags.join(" ");
}

/** Flags where they can say the question, the whole of it as JSON where not. */
export function command(project: string, kind: Analysis, params: Params, own: string | null): string {
  const head = `tidewheel analyse ${kind} --project ${quoted(project)}`;
  const shared = askedFlags(params);
  if (shared !== null && own !== null) return [head, own, shared, "--json"].filter(Boolean).join(" ");
  return `${head} --params - --json <<'JSON'\n${JSON.stringify(params)}\nJSON`;
}
