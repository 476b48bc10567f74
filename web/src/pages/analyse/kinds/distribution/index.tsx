import { kit } from "@/pages/analyse/kit";
import { DistributionAnswer } from "./Answer";
import en from "./en.json";
import { distributionLine } from "./words";
import zh from "./zh-CN.json";

export default kit<"distribution">({
  kind: "distribution",
  Answer: DistributionAnswer,
  texts: { en, "zh-CN": zh },
  line: distributionLine,
  isEmpty: ({ result }) => (result.groups[0]?.overall.people ?? 0) === 0,
  reads: (held) => typeof held.event === "object",
});
