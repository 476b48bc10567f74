import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { peoplePage } from "./segments";
import { call, projectPath } from "./client";
import type { AnalysisKind, Answer, Opens } from "./types";

/** The kinds of questions the server answers; they change only with its version. */
export function useAnalyses(project: string) {
  return useQuery({
    queryKey: ["analyses", project],
    queryFn: async ({ signal }) =>
      (await call<{ analyses: AnalysisKind[] }>("GET", projectPath(project, "/analyses"), { signal }))
        .analyses,
    staleTime: Infinity,
  });
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
