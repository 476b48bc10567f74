import type { RetentionParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { oneEvent } from "@/editors/question";
import { busiest } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { RetentionAnswer } from "./Answer";
import { RetentionQuestion } from "./Question";
import { retentionLine } from "./words";

export default kit<"retention">({
  kind: "retention",
  Question: RetentionQuestion,
  Answer: RetentionAnswer,
  line: retentionLine,
  isEmpty: ({ result }) => (result.groups[0]?.people ?? 0) === 0,
  reads: (held) => typeof held.start === "object" && typeof held.back === "object",
  first: (schema): RetentionParams => {
    const own = busiest(schema);
    const start =
      ["purchase", "sign_up", "view_item"].find((name) => own.includes(name)) ?? own[0] ?? ANY_EVENT;
    return start === "purchase"
      ? { start: oneEvent(start), back: oneEvent(start), grain: "week", periods: 8 }
      : { start: oneEvent(start), back: oneEvent(ANY_EVENT), grain: "day", periods: 14 };
  },
});
