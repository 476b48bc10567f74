import type { IntervalParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { oneEvent } from "@/editors/question";
import { busiest } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { IntervalAnswer } from "./Answer";
import en from "./en.json";
import { intervalLine } from "./words";
import zh from "./zh-CN.json";

export default kit<"interval">({
  kind: "interval",
  Answer: IntervalAnswer,
  texts: { en, "zh-CN": zh },
  line: intervalLine,
  against: () => "number",
  tucked: ["cuts", "weigh"],
  isEmpty: ({ result }) => (result.groups[0]?.overall.pairs ?? 0) === 0,
  reads: (held) => typeof held.start === "object" && typeof held.end === "object",
  first: (schema): IntervalParams => {
    const own = busiest(schema);
    const event = own.includes("purchase") ? "purchase" : (own[0] ?? ANY_EVENT);
    return { start: oneEvent(event), end: oneEvent(event) };
  },
});
