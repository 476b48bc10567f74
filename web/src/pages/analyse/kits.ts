import type { Analysis, FunnelParams, Period } from "@/api/questions";
import type { AnalysisKit } from "./AnalysisPage";
import { FunnelAnswer } from "./FunnelAnswer";
import { FunnelQuestion } from "./FunnelQuestion";
import { RetentionAnswer } from "./RetentionAnswer";
import { RetentionQuestion } from "./RetentionQuestion";
import { TrendsAnswer } from "./TrendsAnswer";
import { TrendsQuestion } from "./TrendsQuestion";
import { funnelLine, funnelNotes, retentionLine, trendsLine } from "./words";

/** The grain at which a period gives a readable number of points. */
export function trendGrain(period: Period | undefined): NonNullable<FunnelParams["trend"]> {
  const days =
    !period || !("from" in period)
      ? (period?.last ?? 30) * { hour: 1 / 24, day: 1, week: 7, month: 30 }[period?.unit ?? "day"]
      : (Date.parse(period.to) - Date.parse(period.from)) / 86_400_000 + 1;
  if (days <= 2) return "hour";
  if (days <= 62) return "day";
  return days <= 400 ? "week" : "month";
}

export const kits: { [K in Analysis]: AnalysisKit<K> } = {
  trends: {
    kind: "trends",
    Question: TrendsQuestion,
    Answer: TrendsAnswer,
    line: trendsLine,
    isEmpty: ({ result }) =>
      result.lines.every((line) => !line.total && line.values.every((value) => !value)),
  },
  funnel: {
    kind: "funnel",
    Question: FunnelQuestion,
    Answer: FunnelAnswer,
    line: funnelLine,
    notes: funnelNotes,
    complete: (params) => ({ ...params, trend: params.trend ?? trendGrain(params.period) }),
    isEmpty: ({ result }) => (result.groups[0]?.steps[0]?.people ?? 0) === 0,
  },
  retention: {
    kind: "retention",
    Question: RetentionQuestion,
    Answer: RetentionAnswer,
    line: retentionLine,
    isEmpty: ({ result }) => (result.groups[0]?.people ?? 0) === 0,
  },
};
