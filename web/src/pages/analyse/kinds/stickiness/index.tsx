import type { StickinessParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { oneEvent } from "@/editors/question";
import { kit } from "@/pages/analyse/kit";
import { StickinessAnswer } from "./Answer";
import en from "./en.json";
import { stickinessLine } from "./words";
import zh from "./zh-CN.json";

export default kit<"stickiness">({
  kind: "stickiness",
  Answer: StickinessAnswer,
  texts: { en, "zh-CN": zh },
  line: stickinessLine,
  against: () => "number",
  isEmpty: ({ result }) => (result.groups[0]?.people ?? 0) === 0,
  reads: (held) => typeof held.event === "object",
  first: (): StickinessParams => ({ event: oneEvent(ANY_EVENT) }),
});
