import { createContext, useContext, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSchema, useSegments } from "@/api";
import type { Schema, Segment } from "@/api";
import { dayOf } from "@/format";
import type { Language } from "@/format";
import { namesOf } from "./names";
import type { Names } from "./names";

export type Say = (key: string, values?: Record<string, string | number>) => string;

/** The texts of the analyses, by keys that are put together. */
export function useSay(): Say {
  const { t } = useTranslation("analyse");
  return t as unknown as Say;
}

export interface Project {
  id: string;
  currency: string;
  time_zone: string;
}
export interface Editing {
  project: Project;
  schema: Schema;
  /** The schema has been read. */
  ready: boolean;
  names: Names;
  language: Language;
  /** Today in the project's zone. */
  today: string;
  say: Say;
  segments: Pick<Segment, "id" | "name" | "kind">[];
}

const Context = createContext<Editing | null>(null);
const NOTHING: Schema = { events: [], properties: [] };
const NONE: Segment[] = [];

/** What the editors and answers know of the project: its events, properties, and what they are called. */
export function EditingProvider({ project, children }: { project: Project; children: ReactNode }) {
  const say = useSay();
  const { i18n } = useTranslation();
  const language: Language = i18n.language === "en" ? "en" : "zh-CN";
  const { data, isSuccess } = useSchema(project.id);
  const segments = useSegments(project.id).data ?? NONE;
  const { id, currency, time_zone } = project;
  const [now] = useState(() => Date.now());
  const editing = useMemo<Editing>(() => {
    const schema = data ?? NOTHING;
    return {
      project: { id, currency, time_zone },
      schema,
      ready: isSuccess,
      names: namesOf(schema, language, say),
      language,
      today: dayOf(now, time_zone),
      say,
      segments,
    };
  }, [id, currency, time_zone, data, isSuccess, language, say, now, segments]);
  return <Context.Provider value={editing}>{children}</Context.Provider>;
}

export function useEditing(): Editing {
  const editing = useContext(Context);
  if (!editing) throw new Error("useEditing outside EditingProvider");
  return editing;
}
