import type { SessionsParams } from "@/api/questions";
import { busiest, SENT } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { SessionsAnswer } from "./Answer";
import en from "./en.json";
import { sessionsLine } from "./words";
import zh from "./zh-CN.json";

export default kit<"sessions">({
  kind: "sessions",
  texts: { en, "zh-CN": zh },
  Answer: SessionsAnswer,
  line: sessionsLine,
  tucked: ["activity", "cut", "new_day", "depth", "nodes", "duration_bins", "depth_bins"],
  isEmpty: ({ result }) => (result.groups[0]?.total.sessions ?? 0) === 0,
  first: (schema): SessionsParams => {
    const own = busiest(schema);
    const sent = SENT.filter((name) => own.includes(name));
    return sent.length > 0 ? { ignore: { any_of: sent.map((event) => ({ event })) } } : {};
  },
});
