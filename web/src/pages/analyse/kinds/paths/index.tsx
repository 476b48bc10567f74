import type { PathsParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { oneEvent } from "@/editors/question";
import { busiest, SENT } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { PathsAnswer } from "./Answer";
import en from "./en.json";
import { pathsLine, pathsNotes } from "./words";
import zh from "./zh-CN.json";

export default kit<"paths">({
  kind: "paths",
  texts: { en, "zh-CN": zh },
  Answer: PathsAnswer,
  line: pathsLine,
  notes: pathsNotes,
  tucked: [
    "activity",
    "ignore",
    "timeout",
    "cut",
    "new_day",
    "which",
    "within",
    "collapse",
    "show",
    "hide",
    "nodes",
    "least",
    "outcome",
  ],
  isEmpty: ({ result }) => (result.groups[0]?.started_paths ?? 0) === 0,
  reads: (held) => typeof held.anchor === "object",
  first: (schema): PathsParams => {
    const own = busiest(schema);
    const sent = [...SENT, "click"].filter((name) => own.includes(name)); // a click stands beside the step it leads to
    const seen = ["view_item", "page_view"].find((name) => own.includes(name)) ?? own[0] ?? ANY_EVENT;
    const paged = own.includes("page_view") && schema.properties.some(({ name }) => name === "page");
    return {
      anchor: oneEvent(seen),
      ...(sent.length > 0 ? { ignore: { any_of: sent.map((event) => ({ event })) } } : {}),
      ...(paged ? { split: oneEvent("page_view"), by: [{ property: "page" }] } : {}),
      ...(own.includes("purchase") && seen !== "purchase" ? { goal: oneEvent("purchase") } : {}),
    };
  },
});
