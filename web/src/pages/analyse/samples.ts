import i18next from "i18next";
import { speech } from "@/charts";
import type { Editing, Say } from "@/editors";
import { namesOf } from "@/editors/names";
import type { Voices } from "./words";

/** A project of which nothing is known yet. */
export const nothing = { events: [], properties: [] };

/** How a made-up project speaks, for tests; the texts of `analyse` must be loaded. */
export function voices(language: "zh-CN" | "en"): Voices {
  const say = i18next.getFixedT(language, "analyse") as unknown as Say;
  const editing: Editing = {
    project: { id: "p", currency: "CNY", time_zone: "Asia/Shanghai" },
    schema: nothing,
    ready: true,
    names: namesOf(nothing, language, say),
    language,
    today: "2026-11-22",
    say,
    segments: [],
  };
  return { editing, look: { say: speech({ language, currency: "CNY", today: "2026-11-22", say }) } };
}
