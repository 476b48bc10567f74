import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAnalyses } from "@/api";
import type { Family } from "@/api";
import { iconNamed } from "@/ui";
import type { IconName } from "@/ui";
import { useLanguage } from "./format";
import { useProject } from "./place";

export type PlaceKey =
  | "home"
  | "boards"
  | "metrics"
  | "goals"
  | "alerts"
  | "people"
  | "segments"
  | "identity"
  | "sql"
  | "sources"
  | "plan"
  | "quality"
  | "dictionary"
  | "picks"
  | "live"
  | "enrichment"
  | "rejected"
  | "verification"
  | "import"
  | "connectors"
  | "settings";

interface Fixed {
  key: PlaceKey;
  path: string;
  icon: IconName;
}
export interface Place {
  key: string;
  path: string;
  title: string;
  icon: IconName;
}
export type GroupKey = Family | "data";
export interface PlaceGroup {
  group: GroupKey | null;
  places: Place[];
}

const HOME: Fixed[] = [
  { key: "home", path: "/home", icon: "home" },
  { key: "boards", path: "/boards", icon: "boards" },
  { key: "goals", path: "/goals", icon: "osm" },
  { key: "metrics", path: "/metrics", icon: "metrics" },
  { key: "alerts", path: "/alerts", icon: "alerts" },
];
const PEOPLE: Fixed[] = [
  { key: "people", path: "/people", icon: "people" },
  { key: "segments", path: "/segments", icon: "segment" },
  { key: "identity", path: "/identity", icon: "link" },
];
const SQL: Fixed[] = [{ key: "sql", path: "/analyse/sql", icon: "sql" }];
const DATA: Fixed[] = [
  { key: "sources", path: "/data/sources", icon: "source" },
  { key: "plan", path: "/data/plan", icon: "check" },
  { key: "quality", path: "/data/quality", icon: "warning" },
  { key: "dictionary", path: "/data/dictionary", icon: "book" },
  { key: "enrichment", path: "/data/enrichment", icon: "filter" },
  { key: "picks", path: "/data/picks", icon: "pick" },
  { key: "live", path: "/data/live", icon: "live" },
  { key: "rejected", path: "/data/rejected", icon: "inbox" },
  { key: "import", path: "/data/import", icon: "upload" },
  { key: "connectors", path: "/data/connectors", icon: "sources" },
  { key: "verification", path: "/data/verification", icon: "verify" },
];
const SETTINGS: Fixed[] = [{ key: "settings", path: "/settings", icon: "settings" }];

/** What people ask first comes first; kinds that are not named here follow by title. */
const ORDER = ["trends", "funnel", "retention", "paths", "sessions", "distribution", "interval"];
const FAMILIES: Family[] = ["behaviour", "customers", "growth"];
const ICONS: Record<Family, IconName> = { behaviour: "trends", customers: "people", growth: "compare" };
/** Every place of the product: the rail's groups mirror its stages; the kinds of analysis are the server's. */
export function usePlaces(): PlaceGroup[] {
  const { t } = useTranslation("shell");
  const language = useLanguage();
  const { data } = useAnalyses(useProject().id);
  return useMemo(() => {
    const named = (places: Fixed[]): Place[] =>
      places.map((place) => ({ ...place, title: t(`place.${place.key}`) }));
    const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
    const families = FAMILIES.map((family): PlaceGroup => ({
      group: family,
      places: (data ?? [])
        .filter((kind) => kind.family === family)
        .map((kind) => ({
          key: kind.name,
          path: `/analyse/${kind.name}`,
          title: language === "en" ? kind.title.en : kind.title.zh,
          icon: iconNamed(kind.name) ?? ICONS[family],
        }))
        .sort((a, b) => rank(a.key) - rank(b.key) || a.title.localeCompare(b.title, language)),
    }));
    return [
      { group: null, places: named(HOME) },
      ...families.filter((group) => group.places.length > 0),
      { group: null, places: named(SQL) },
      { group: null, places: named(PEOPLE) },
      { group: "data", places: named(DATA) },
      { group: null, places: named(SETTINGS) },
    ];
  }, [data, language, t]);
}
