import type { CompositionParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { oneEvent } from "@/editors/question";
import { busiest } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { CompositionAnswer } from "./Answer";
import en from "./en.json";
import { compositionLine, measureFormat } from "./words";
import zh from "./zh-CN.json";

export default kit<"composition">({
  kind: "composition",
  Answer: CompositionAnswer,
  texts: { en, "zh-CN": zh },
  line: compositionLine,
  against: (figure, params) => (figure === "total" ? measureFormat(params) : "number"),
  tucked: ["classes"],
  isEmpty: ({ result }) => result.parts === 0,
  reads: (held) => typeof held.event === "object" && Array.isArray(held.breakdowns),
  first: (schema): CompositionParams => {
    const own = busiest(schema);
    if (own.includes("purchase")) {
      return {
        event: oneEvent("purchase"),
        measure: { kind: "sum", property: "price", times: "quantity", scope: "item" },
        breakdowns: [{ property: "item_name", scope: "item" }],
      };
    }
    return { event: oneEvent(own[0] ?? ANY_EVENT), breakdowns: [{ property: "$event" }] };
  },
});
