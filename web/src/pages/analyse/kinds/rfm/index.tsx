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
  isEmpty: ({ result }) => (result.groups[0]?.people ?? 0) === 0 && !result.moves?.some((one) => one.people),
});
