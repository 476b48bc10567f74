import type { DistributionParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { oneEvent } from "@/editors/question";
import { busiest } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { DistributionAnswer } from "./Answer";
import en from "./en.json";
import { distributionLine, figureFormat } from "./words";
import zh from "./zh-CN.json";

export default kit<"distribution">({
  kind: "distribution",
  Answer: DistributionAnswer,
  texts: { en, "zh-CN": zh },
  line: distributionLine,
  against: (figure, params) => (figure === "people" || figure === "idle" ? "number" : figureFormat(params)),
  tucked: ["cuts", "width", "percentiles"],
  isEmpty: ({ result }) => (result.groups[0]?.overall.people ?? 0) === 0,
  first: (schema): DistributionParams => {
    const own = busiest(schema);
    const event = own.includes("purchase") ? "purchase" : (own[0] ?? ANY_EVENT);
    return { event: oneEvent(event) };
  },
  reads: (held) => typeof held.event === "object",
});
