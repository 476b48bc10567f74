import type { TableParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { measureWords } from "@/editors";
import { oneEvent } from "@/editors/question";
import { busiest } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { TableAnswer } from "./Answer";
import en from "./en.json";
import { measureFormat, tableLine } from "./words";
import zh from "./zh-CN.json";

export default kit<"table">({
  kind: "table",
  Answer: TableAnswer,
  texts: { en, "zh-CN": zh },
  line: tableLine,
  against: (figure, { measures }) => {
    const measure = measures?.[Number(figure.replace("measure_", ""))];
    return measure ? measureFormat(measure) : "number";
  },
  tucked: ["order"],
  isEmpty: ({ result }) => result.rows.length < 2,
  named: (held, editing) => {
    const titled = <F extends { name: string; title: { en: string; zh: string } }>(figure: F): F => {
      const measure = held.params.measures?.[Number(figure.name.replace("measure_", ""))];
      if (!measure) return figure;
      const words = measureWords(measure, editing);
      return { ...figure, title: { en: words, zh: words } };
    };
    return {
      ...held,
      figures: held.figures.map(titled),
      comparisons: held.comparisons.map((each) => ({ ...each, figures: each.figures.map(titled) })),
    };
  },
  reads: (held) => typeof held.event === "object" && Array.isArray(held.breakdowns),
  first: (schema): TableParams => {
    const own = busiest(schema);
    if (!own.includes("purchase")) {
      return {
        event: oneEvent(ANY_EVENT),
        measures: [{ kind: "people" }, { kind: "count" }],
        breakdowns: [{ property: "$event" }],
      };
    }
    return {
      event: oneEvent("purchase"),
      measures: [{ kind: "people" }, { kind: "sum", property: "value" }],
      breakdowns: [{ property: "channel" }],
      columns: [{ property: "platform" }],
    };
  },
});
