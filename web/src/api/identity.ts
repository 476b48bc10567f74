import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type {
  Decided,
  IdentityLog,
  IdentityPreview,
  IdentityRules,
  IdentityWhy,
  Quarantine,
  RulesOutcome,
  RulesReply,
} from "./types";

const PAGE = 50;
const key = (project: string) => ["identity", project] as const;
const at = (project: string, rest: string) => projectPath(project, `/identity/${rest}`);

export type Act = "link" | "undo" | "split";
export interface Decision {
  act: Act;
  a: string;
  b?: string;
}

export function useIdentityRules(project: string) {
  return useQuery({
    queryKey: [...key(project), "rules"],
    queryFn: ({ signal }) => call<RulesReply>("GET", at(project, "rules"), { signal }),
  });
}

export function useIdentityLog(project: string, by: "anything" | "hand") {
  return useInfiniteQuery({
    queryKey: [...key(project), "log", by],
    queryFn: ({ pageParam, signal }) =>
      call<IdentityLog>("GET", at(project, "log"), { query: { by, offset: pageParam, limit: PAGE }, signal }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const seen = pages.reduce((sum, page) => sum + page.entries.length, 0);
      return last.entries.length > 0 && seen < last.total ? seen : undefined;
    },
    placeholderData: keepPreviousData,
  });
}

export function useQuarantine(project: string) {
  return useQuery({
    queryKey: [...key(project), "quarantine"],
    queryFn: ({ signal }) => call<Quarantine>("GET", at(project, "quarantine"), { signal }),
  });
}

export function useWhy(project: string, a: string, b: string, asOf: string | null) {
  return useQuery({
    queryKey: [...key(project), "why", a, b, asOf],
    queryFn: ({ signal }) =>
      call<IdentityWhy>("GET", at(project, "why"), { query: { a, b, as_of: asOf }, signal }),
    enabled: Boolean(a && b && a !== b),
    retry: false,
  });
}

/** What would come of a decision; nothing is done. */
export function useIdentityPreview(project: string, decision: Decision, ready: boolean) {
  return useQuery({
    queryKey: [...key(project), "preview", decision],
    queryFn: ({ signal }) =>
      call<IdentityPreview>("POST", at(project, "preview"), { body: decision, signal }),
    enabled: ready,
    retry: false,
    gcTime: 0,
  });
}

export function useIdentityChanges(project: string) {
  const queries = useQueryClient();
  // who is who is in every number
  const onSuccess = () => queries.invalidateQueries();
  return {
    decide: useMutation({
      mutationFn: ({ act, a, b, why }: Decision & { why: string }) =>
        call<Decided>("POST", at(project, act), {
          body: act === "split" ? { identifier: a, why } : { a, b, why },
        }),
      onSuccess,
    }),
    save: useMutation({
      mutationFn: (body: { rules: IdentityRules; why: string; based_on: number }) =>
        call<RulesOutcome>("PUT", at(project, "rules"), { body }),
      onSuccess,
    }),
    try: useMutation({
      mutationFn: (rules: IdentityRules) =>
        call<RulesOutcome>("PUT", at(project, "rules"), { body: { rules, dry_run: true } }),
    }),
    block: useMutation({
      mutationFn: (body: { identifier: string; blocked: boolean; why: string }) =>
        call<RulesOutcome>("POST", at(project, "block"), { body }),
      onSuccess,
    }),
  };
}
