import { kit } from "@/pages/analyse/kit";
import { LtvAnswer } from "./Answer";
import en from "./en.json";
import { ltvNotes } from "./words";
import zh from "./zh-CN.json";

export default kit<"ltv">({
  kind: "ltv",
  Answer: LtvAnswer,
  texts: { en, "zh-CN": zh },
  notes: ltvNotes,
  tucked: [
    "purchase",
    "refund",
    "paid_property",
    "gross_property",
    "refund_property",
    "order_property",
    "cost_property",
  ],
  isEmpty: ({ result }) => (result.groups[0]?.total.people ?? 0) === 0,
});
