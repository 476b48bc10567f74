import type { HeatmapParams } from "@/api/questions";
import { pageProperty } from "@/pages/analyse/events";
import { kit } from "@/pages/analyse/kit";
import { HeatmapAnswer } from "./Answer";
import en from "./en.json";
import { heatmapLine, heatmapNotes } from "./words";
import zh from "./zh-CN.json";

export default kit<"heatmap">({
  kind: "heatmap",
  texts: { en, "zh-CN": zh },
  Answer: HeatmapAnswer,
  line: heatmapLine,
  notes: heatmapNotes,
  tucked: [
    "click",
    "view",
    "page_property",
    "element",
    "element_text",
    "x",
    "y",
    "rage_clicks",
    "rage_seconds",
    "elements",
    "columns",
    "rows",
  ],
  isEmpty: ({ result }) => (result.groups[0]?.clicks ?? 0) === 0 && result.pages.length === 0,
  first: (schema): HeatmapParams => {
    const page = pageProperty(schema);
    return page ? { page_property: page } : {};
  },
});
