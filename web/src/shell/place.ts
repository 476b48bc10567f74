import { useCallback, useMemo } from "react";
import { useParams, useSearchParams } from "react-router";
import { useSession } from "@/api";
import type { Period, Project } from "@/api";

/** What travels from page to page in the URL: the project (path), `period` and `compare` (query). */

export type Compare = "previous" | "off";
export const DEFAULT_PERIOD: Period = { last: 30, unit: "day" };

const LAST = /^(\d{1,4})(hour|day|week|month)s?$/;
const DATES = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/;

export function readPeriod(text: string | null): Period {
  const last = LAST.exec(text ?? "");
  if (last) return { last: Number(last[1]), unit: last[2] as "day" };
  const dates = DATES.exec(text ?? "");
  if (dates && dates[1]! <= dates[2]!) return { from: dates[1]!, to: dates[2]! };
  return DEFAULT_PERIOD;
}

export function writePeriod(period: Period): string {
  return "from" in period ? `${period.from}..${period.to}` : `${period.last}${period.unit ?? "day"}`;
}

export function useProject(): Project {
  const { project } = useParams();
  const session = useSession();
  const found = session.data?.projects.find((each) => each.id === project);
  if (!found) throw new Error(`no project ${project}`);
  return found;
}

/** Whether the asker may change things in this project. */
export function useMayEdit(): boolean {
  return useProject().role !== "viewer";
}

export function usePeriod() {
  const [search, setSearch] = useSearchParams();
  const period = useMemo(() => readPeriod(search.get("period")), [search]);
  const compare: Compare = search.get("compare") === "off" ? "off" : "previous";
  const set = useCallback(
    (name: string, value: string) =>
      setSearch((before) => {
        const next = new URLSearchParams(before);
        next.set(name, value);
        return next;
      }),
    [setSearch],
  );
  return {
    period,
    compare,
    setPeriod: useCallback((next: Period) => set("period", writePeriod(next)), [set]),
    setCompare: useCallback((next: Compare) => set("compare", next), [set]),
  };
}

const TRAVELS = ["period", "compare"];
/** Makes addresses inside the project that keep the period and compare switch. */
export function useAddress() {
  const { project = "" } = useParams();
  const [search] = useSearchParams();
  const kept = new URLSearchParams(
    TRAVELS.flatMap((name) => (search.has(name) ? [[name, search.get(name)!]] : [])),
  ).toString();
  return useCallback(
    (path: string, query: Record<string, string> = {}) => {
      const all = new URLSearchParams(kept);
      for (const [name, value] of Object.entries(query)) all.set(name, value);
      const text = all.toString();
      return `/p/${encodeURIComponent(project)}${path}${text ? `?${text}` : ""}`;
    },
    [project, kept],
  );
}

/** Whether the person may do what only owners of the project may. */
export function useMayOwn(): boolean {
  return useProject().role === "owner";
}
