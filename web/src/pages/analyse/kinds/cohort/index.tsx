import { kit } from "@/pages/analyse/kit";
import { CohortAnswer } from "./Answer";
import en from "./en.json";
import { cohortNotes } from "./words";
import zh from "./zh-CN.json";

export default kit<"cohort">({
  kind: "cohort",
  Answer: CohortAnswer,
  texts: { en, "zh-CN": zh },
  notes: cohortNotes,
  tucked: ["refund", "paid_property", "gross_property", "refund_property", "order_property", "orders"],
  isEmpty: ({ result }) => (result.groups[0]?.people ?? 0) === 0,
});
