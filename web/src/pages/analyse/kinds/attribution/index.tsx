import type { AttributionParams, Touch } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { oneEvent } from "@/editors/question";
import { busiest } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { AttributionAnswer } from "./Answer";
import en from "./en.json";
import { everyone } from "./model";
import { AttributionQuestion } from "./Question";
import { attributionLine, attributionNotes } from "./words";
import zh from "./zh-CN.json";

/** Events of a visit that say where it came from. */
const ARRIVALS = ["page_view", "live_enter", "post_view"];

export default kit<"attribution">({
  kind: "attribution",
  Question: AttributionQuestion,
  Answer: AttributionAnswer,
  texts: { en, "zh-CN": zh },
  line: attributionLine,
  notes: attributionNotes,
  isEmpty: ({ result }) => everyone(result).conversions === 0,
  reads: (held) =>
    Array.isArray(held.touches) && held.touches.length > 0 && typeof held.conversion === "object",
  first: (schema): AttributionParams => {
    const own = busiest(schema);
    const arrivals = ARRIVALS.filter((name) => own.includes(name));
    const named = ["channel", "utm_source"].find((name) =>
      schema.properties.some((one) => one.name === name),
    );
    const touch: Touch =
      arrivals.length > 0 && named
        ? { step: { any_of: arrivals.map((event) => ({ event })) }, property: { property: named } }
        : { step: oneEvent(own[0] ?? ANY_EVENT) };
    const sold = own.includes("purchase");
    return {
      touches: [touch],
      conversion: oneEvent(sold ? "purchase" : (own[1] ?? own[0] ?? ANY_EVENT)),
      measure: sold ? { kind: "sum", property: "value" } : { kind: "count" },
      model: "position",
    };
  },
});
