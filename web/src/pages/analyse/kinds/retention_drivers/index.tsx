import type { RetentionDriversParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { oneEvent } from "@/editors/question";
import { DriversAnswer } from "@/pages/analyse/drivers/DriversAnswer";
import { driversLine, driversNotes } from "@/pages/analyse/drivers/words";
import { busiest, SENT } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";

export default kit<"retention_drivers">({
  kind: "retention_drivers",
  Answer: DriversAnswer,
  line: driversLine,
  notes: driversNotes,
  tucked: ["exclude", "support"],
  unsplit: true,
  isEmpty: ({ result }) => result.people === 0,
  reads: (held) => typeof held.start === "object" && typeof held.back === "object",
  first: (schema): RetentionDriversParams => {
    const own = busiest(schema);
    const start = own.includes("sign_up") ? "sign_up" : (own[0] ?? ANY_EVENT);
    const back = own.includes("page_view") ? "page_view" : ANY_EVENT;
    const exclude = SENT.filter((name) => own.includes(name)).map(oneEvent);
    return { start: oneEvent(start), back: oneEvent(back), first_time: true, exclude };
  },
});
