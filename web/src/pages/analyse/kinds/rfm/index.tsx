import { kit } from "@/pages/analyse/kit";
import { RfmAnswer } from "./Answer";
import en from "./en.json";
import { rfmNotes } from "./words";
import zh from "./zh-CN.json";

export default kit<"rfm">({
  kind: "rfm",
  Answer: RfmAnswer,
  texts: { en, "zh-CN": zh },
  notes: rfmNotes,
  tucked: [
    "refund",
    "paid_property",
    "gross_property",
    "refund_property",
    "order_property",
    "recency_levels",
    "frequency_levels",
    "monetary_levels",
    "recency_cuts",
    "frequency_cuts",
    "monetary_cuts",
  ],
  isEmpty: ({ result }) => (result.groups[0]?.people ?? 0) === 0 && !result.moves?.some((one) => one.people),
});
