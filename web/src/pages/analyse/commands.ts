/** The same question for a terminal. */
import type { Analysis, Asked, FunnelParams, Params, Step } from "@/api/questions";
import { writePeriod } from "@/shell";
import type { Period } from "@/api";

/** Inside single quotes of a POSIX shell. */
function quoted(text: string): string {
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

function plainStep(step: Step): string | null {
  const only = step.any_of.length === 1 && !step.name ? step.any_of[0] : undefined;
  return only && (only.filters ?? []).length === 0 ? only.event : null;
}

function plainQuestion(params: Asked): boolean {
  return (
    (params.filters ?? []).length === 0 &&
    !params.people &&
    (params.breakdowns ?? []).length === 0 &&
    (params.compare ?? []).length === 0
  );
}

const UNIT = { second: "s", minute: "min", hour: "h", day: "d", week: "w", month: "mo" } as const;

/** Flags where the question is plain, the whole question as JSON where flags cannot say it. */
export function command(project: string, kind: Analysis, params: Params): string {
  const head = `tidewheel analyse ${kind} --project ${quoted(project)}`;
  const period = params.period ? ` --period ${writePeriod(params.period as Period)}` : "";
  if (kind === "funnel") {
    const asked = params as FunnelParams;
    const steps = asked.steps.map(plainStep);
    const plain =
      plainQuestion(asked) &&
      steps.every((step) => step !== null) &&
      (asked.exclusions ?? []).length === 0 &&
      (asked.hold ?? []).length === 0 &&
      (asked.order ?? "ordered") === "ordered" &&
      !asked.trend &&
      !asked.within?.same;
    if (plain) {
      const within = `${asked.within?.n ?? 7}${UNIT[asked.within?.unit ?? "day"]}`;
      return `${head}${steps.map((step) => ` --step ${quoted(step ?? "")}`).join("")} --within ${within}${period} --json`;
    }
  }
  return `${head} --params ${quoted(JSON.stringify(params))} --json`;
}
