import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { peoplePage } from "./segments";
import { call, projectPath } from "./client";
import type { AnalysisKind, Answer, Opens } from "./types";

/** The kinds of questions the server answers; they change only with its version. */
const KEPT = "tidewheel.analyses";

/** The kinds of analysis; until they are read, those this browser knew last, so that the rail stands still. */
export function useAnalyses(project: string) {
  return useQuery<AnalysisKind[]>({
    queryKey: ["analyses", project],
    queryFn: async ({ signal }) => {
      const path = projectPath(project, "/analyses");
      const { analyses } = await call<{ analyses: AnalysisKind[] }>("GET", path, { signal });
      localStorage.setItem(KEPT, JSON.stringify(analyses));
      return analyses;
    },
    placeholderData: () => knownLast(),
    staleTime: Infinity,
  });
}

function knownLast(): AnalysisKind[] | undefined {
  try {
    return (JSON.parse(localStorage.getItem(KEPT) ?? "null") as AnalysisKind[] | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Asks one question. Leaving the page cancels it on the server too. */
export function ask<R, P extends object>(
  project: string,
  kind: string,
  params: P,
  { queryId, signal }: { queryId?: string; signal?: AbortSignal } = {},
): Promise<Answer<R, P>> {
  return call("POST", projectPath(project, `/analyses/${kind}`), {
    query: { query_id: queryId },
    body: params,
    signal,
  });
}

export function useAnswer<R, P extends object = Record<string, unknown>>(
  project: string,
  kind: string,
  params: P | null,
) {
  return useQuery({
    queryKey: ["answer", project, kind, params],
    queryFn: async ({ signal }) => {
      const queryId = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
      signal.addEventListener(
        "abort",
        () => void call("DELETE", projectPath(project, `/queries/${queryId}`)).catch(() => {}),
      );
      return ask<R, P>(project, kind, params as P, { queryId, signal });
    },
    enabled: params !== null,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

const PAGE = 50;
/** The persons behind one figure, page by page. */
export function usePeopleBehind(project: string, opens: Opens | { segment: string }) {
  return useInfiniteQuery({
    queryKey: ["behind", project, opens],
    queryFn: ({ pageParam, signal }) => peoplePage(project, opens, pageParam, PAGE, signal),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const seen = pages.reduce((sum, page) => sum + page.people.length, 0);
      return last.people.length > 0 && seen < last.total ? seen : undefined;
    },
    staleTime: 60_000,
    retry: false,
  });
}
