import type { IconName } from "@/ui";

export type PlaceKey =
  | "home"
  | "trends"
  | "funnel"
  | "retention"
  | "boards"
  | "people"
  | "sources"
  | "dictionary"
  | "live"
  | "rejected"
  | "import"
  | "settings";

export interface Place {
  key: PlaceKey;
  path: string;
  icon: IconName;
}
/** The rail: groups mirror the stages of the product. */
export const places: { group: "analyse" | "data" | null; places: Place[] }[] = [
  { group: null, places: [{ key: "home", path: "/home", icon: "home" }] },
  {
    group: "analyse",
    places: [
      { key: "trends", path: "/analyse/trends", icon: "trends" },
      { key: "funnel", path: "/analyse/funnel", icon: "funnel" },
      { key: "retention", path: "/analyse/retention", icon: "retention" },
      { key: "boards", path: "/boards", icon: "boards" },
    ],
  },
  { group: null, places: [{ key: "people", path: "/people", icon: "people" }] },
  {
    group: "data",
    places: [
      { key: "sources", path: "/data/sources", icon: "source" },
      { key: "dictionary", path: "/data/dictionary", icon: "book" },
      { key: "live", path: "/data/live", icon: "live" },
      { key: "rejected", path: "/data/rejected", icon: "inbox" },
      { key: "import", path: "/data/import", icon: "upload" },
    ],
  },
  { group: null, places: [{ key: "settings", path: "/settings", icon: "settings" }] },
];
