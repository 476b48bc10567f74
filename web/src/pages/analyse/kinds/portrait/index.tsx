import { kit } from "@/pages/analyse/kit";
import { PortraitAnswer } from "./Answer";
import en from "./en.json";
import { portraitLine, portraitNotes } from "./words";
import zh from "./zh-CN.json";

export default kit<"portrait">({
  kind: "portrait",
  Answer: PortraitAnswer,
  texts: { en, "zh-CN": zh },
  line: portraitLine,
  against: () => "number",
  notes: portraitNotes,
  tucked: [
    "purchase",
    "money",
    "refund",
    "paid_property",
    "gross_property",
    "refund_property",
    "order_property",
    "bins",
    "support",
  ],
  unsplit: true,
  isEmpty: ({ result }) => result.people === 0,
});
