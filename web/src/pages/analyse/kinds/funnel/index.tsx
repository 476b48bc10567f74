import type { FunnelParams, Period } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { stepWords } from "@/editors";
import { oneEvent } from "@/editors/question";
import { plainStep, quoted } from "@/pages/analyse/commands";
import { busiest } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { FunnelAnswer } from "./Answer";
import { FunnelQuestion } from "./Question";
import { funnelLine, funnelNotes } from "./words";

const PATH = ["view_item", "add_to_cart", "begin_checkout", "purchase"];
const WITHIN = { second: "s", minute: "min", hour: "h", day: "d", week: "w", month: "m" } as const;

/** The grain at which a period gives a readable number of points. */
function trendGrain(period: Period | undefined): NonNullable<FunnelParams["trend"]> {
  const days =
    !period || !("from" in period)
      ? (period?.last ?? 30) * { hour: 1 / 24, day: 1, week: 7, month: 30 }[period?.unit ?? "day"]
      : (Date.parse(period.to) - Date.parse(period.from)) / 86_400_000 + 1;
  if (days <= 2) return "hour";
  if (days <= 62) return "day";
  return days <= 400 ? "week" : "month";
}

export default kit<"funnel">({
  kind: "funnel",
  Question: FunnelQuestion,
  Answer: FunnelAnswer,
  line: funnelLine,
  notes: funnelNotes,
  complete: (params) => ({ ...params, trend: params.trend ?? trendGrain(params.period) }),
  isEmpty: ({ result }) => (result.groups[0]?.steps[0]?.people ?? 0) === 0,
  reads: (held) => Array.isArray(held.steps) && held.steps.length > 1,
  first: (schema): FunnelParams => {
    const own = busiest(schema);
    const path = PATH.filter((name) => own.includes(name));
    const chosen = path.length >= 2 ? path : [own[0] ?? ANY_EVENT, own[1] ?? own[0] ?? ANY_EVENT];
    return { steps: chosen.map(oneEvent), within: { n: 7, unit: "day" } };
  },
  named: (held, editing) => {
    const names = held.params.steps.map((step) => stepWords(step, editing));
    const renamed = (result: typeof held.result) => ({
      groups: result.groups.map((group) => ({
        ...group,
        steps: group.steps.map((step, at) => ({ ...step, name: names[at] ?? step.name })),
      })),
    });
    return {
      ...held,
      result: renamed(held.result),
      comparisons: held.comparisons.map((each) => ({ ...each, result: renamed(each.result) })),
    };
  },
  flags: (params) => {
    const steps = params.steps.map(plainStep);
    const { within, exclusions = [], hold = [], attribution = "first" } = params;
    const unit = WITHIN[within?.unit ?? "day"];
    if (steps.includes(null) || exclusions.length + hold.length > 0 || attribution !== "first") return null;
    const count = params.count && params.count !== "people" ? ` --count ${params.count}` : "";
    const order = params.order && params.order !== "ordered" ? ` --order ${params.order}` : "";
    const window = within?.same ? `same-${within.same}` : `${within?.n ?? 7}${unit}`;
    const own = params.steps.flatMap(({ within: each }, at) =>
      each ? [` --step-within ${at + 1}=${each.n ?? 1}${WITHIN[each.unit ?? "day"]}`] : [],
    );
    const skipped = params.steps.flatMap(({ optional }, at) => (optional ? [` --optional ${at + 1}`] : []));
    return `${steps.map((step) => `--step ${quoted(step ?? "")}`).join(" ")} --within ${window}${[...own, ...skipped].join("")}${order}${count}`;
  },
});
