import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { AllAccepted, Decided, SuggestionRun, Suggestions } from "./types";

const PAGE = 20;
const at = (project: string, rest = "") => projectPath(project, `/identity/suggestions${rest}`);
const key = (project: string) => ["identity", project, "suggestions"] as const;

/** Pairs who may be one and about whom nobody has decided, the likeliest first. */
export function useSuggestions(project: string, least: number) {
  return useInfiniteQuery({
    queryKey: [...key(project), least],
    queryFn: ({ pageParam, signal }) =>
      call<Suggestions>("GET", at(project), { query: { least, offset: pageParam, limit: PAGE }, signal }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const seen = pages.reduce((sum, page) => sum + page.suggestions.length, 0);
      return last.suggestions.length > 0 && seen < last.total ? seen : undefined;
    },
    placeholderData: keepPreviousData,
  });
}

export function lookForSuggestions(
  project: string,
  { queryId, signal }: { queryId: string; signal: AbortSignal },
) {
  return call<SuggestionRun>("POST", at(project), { query: { query_id: queryId }, body: {}, signal });
}

/** What accepting everything from a probability on would do; nothing is done. */
export function useAcceptAllPreview(project: string, least: number) {
  return useQuery({
    queryKey: [...key(project), "accept-all", least],
    queryFn: ({ signal }) =>
      call<AllAccepted>("POST", at(project, "/accept-all"), { body: { least, dry_run: true }, signal }),
    retry: false,
    gcTime: 0,
  });
}

export function useSuggestionChanges(project: string) {
  const queries = useQueryClient();
  // who is who is in every number; nobody waits until all are read anew
  const onSuccess = () => void queries.invalidateQueries();
  // one after the other, so that the log has them in the order they were made
  const scope = { id: `suggestions ${project}` };
  return {
    accept: useMutation({
      scope,
      mutationFn: (pair: { a: string; b: string }) =>
        call<Decided>("POST", at(project, "/accept"), { body: pair }),
      onSuccess,
    }),
    refuse: useMutation({
      scope,
      mutationFn: (pair: { a: string; b: string }) => call("POST", at(project, "/refuse"), { body: pair }),
      onSuccess,
    }),
    acceptAll: useMutation({
      scope,
      mutationFn: (body: { least: number; why: string }) =>
        call<AllAccepted>("POST", at(project, "/accept-all"), { body }),
      onSuccess,
    }),
  };
}
