import type { PagesParams } from "@/api/questions";
import { oneEvent } from "@/editors/question";
import { busiest, pageProperty, SENT } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { PagesAnswer } from "./Answer";
import en from "./en.json";
import { pagesLine, pagesNotes } from "./words";
import zh from "./zh-CN.json";

export default kit<"pages">({
  kind: "pages",
  texts: { en, "zh-CN": zh },
  Answer: PagesAnswer,
  line: pagesLine,
  notes: pagesNotes,
  tucked: ["activity", "ignore", "timeout", "cut", "new_day", "view", "page", "value", "pages"],
  isEmpty: ({ result }) => (result.sources[0]?.visits ?? 0) === 0,
  first: (schema): PagesParams => {
    const own = busiest(schema);
    const sent = SENT.filter((name) => own.includes(name));
    const source = ["channel", "utm_source", "scene"].find((one) =>
      schema.properties.some(({ name, scope }) => name === one && scope === "event"),
    );
    const page = pageProperty(schema);
    return {
      ...(page ? { page: { property: page } } : {}),
      ...(sent.length > 0 ? { ignore: { any_of: sent.map((event) => ({ event })) } } : {}),
      ...(source ? { breakdowns: [{ property: source }] } : {}),
      ...(own.includes("purchase") ? { goal: oneEvent("purchase"), value: "value" } : {}),
    };
  },
});
