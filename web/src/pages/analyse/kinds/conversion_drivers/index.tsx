import type { ConversionDriversParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { oneEvent } from "@/editors/question";
import { DriversAnswer } from "@/pages/analyse/drivers/DriversAnswer";
import { driversLine, driversNotes } from "@/pages/analyse/drivers/words";
import { busiest, SENT } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";

export default kit<"conversion_drivers">({
  kind: "conversion_drivers",
  Answer: DriversAnswer,
  line: driversLine,
  notes: driversNotes,
  tucked: ["exclude", "support"],
  unsplit: true,
  isEmpty: ({ result }) => result.people === 0,
  reads: (held) => typeof held.start === "object" && typeof held.goal === "object",
  first: (schema): ConversionDriversParams => {
    const all = busiest(schema);
    const own = all.filter((name) => !SENT.includes(name));
    const exclude = SENT.filter((name) => all.includes(name)).map(oneEvent);
    const start = own.includes("view_item") ? "view_item" : (own[0] ?? ANY_EVENT);
    const goal = own.includes("purchase") ? "purchase" : (own.at(-1) ?? ANY_EVENT);
    return { start: oneEvent(start), goal: oneEvent(goal), exclude };
  },
});
