import type { LifecycleParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { oneEvent } from "@/editors/question";
import { kit } from "@/pages/analyse/kit";
import { LifecycleAnswer } from "./Answer";
import { LifecycleQuestion } from "./Question";
import en from "./en.json";
import { lifecycleLine } from "./words";
import zh from "./zh-CN.json";

export default kit<"lifecycle">({
  kind: "lifecycle",
  Question: LifecycleQuestion,
  Answer: LifecycleAnswer,
  texts: { en, "zh-CN": zh },
  line: lifecycleLine,
  against: () => "number",
  isEmpty: ({ result }) =>
    result.groups.every((group) =>
      group.points.every((point) => point.people.every((people) => people === 0)),
    ),
  reads: (held) => typeof held.event === "object",
  first: (): LifecycleParams => ({ event: oneEvent(ANY_EVENT), period: { last: 12, unit: "week" } }),
});
