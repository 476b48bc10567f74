import type { TableParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { oneEvent } from "@/editors/question";
import { busiest } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { TableAnswer } from "./Answer";
import en from "./en.json";
import { tableLine } from "./words";
import zh from "./zh-CN.json";

export default kit<"table">({
  kind: "table",
  Answer: TableAnswer,
  texts: { en, "zh-CN": zh },
  line: tableLine,
  tucked: ["order"],
  isEmpty: ({ result }) => result.rows.length < 2,
  reads: (held) => typeof held.event === "object" && Array.isArray(held.breakdowns),
  first: (schema): TableParams => {
    const own = busiest(schema);
    if (!own.includes("purchase")) {
      return {
        event: oneEvent(ANY_EVENT),
        measures: [{ kind: "people" }, { kind: "count" }],
        breakdowns: [{ property: "$event" }],
      };
    }
    return {
      event: oneEvent("purchase"),
      measures: [{ kind: "people" }, { kind: "sum", property: "value" }],
      breakdowns: [{ property: "channel" }],
      columns: [{ property: "platform" }],
    };
  },
});
