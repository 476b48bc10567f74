import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { ExplainedGoal, Goal, GoalDefinition, GoalVersions } from "./types";

const key = (project: string) => ["goals", project] as const;
const at = (project: string, name = "", rest = "") =>
  projectPath(project, `/goals${name ? `/${encodeURIComponent(name)}` : ""}${rest}`);

export function useGoals(project: string) {
  return useQuery({
    queryKey: key(project),
    queryFn: async () => (await call<{ goals: Goal[] }>("GET", at(project))).goals,
    staleTime: 30_000,
  });
}

export function useGoal(project: string, name: string) {
  return useQuery({
    queryKey: [...key(project), name],
    queryFn: () => call<GoalVersions>("GET", at(project, name)),
    retry: false,
  });
}

/** `period` is as in an address: 30day or 2026-11-01..2026-11-30; against the days of equal number before. */
export function useExplainedGoal(project: string, name: string, period: string) {
  return useQuery({
    queryKey: [...key(project), name, "explain", period],
    queryFn: ({ signal }) =>
      call<ExplainedGoal>("GET", at(project, name, "/explain"), { query: { period }, signal }),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function useGoalChanges(project: string) {
  const queries = useQueryClient();
  return {
    save: useMutation({
      mutationFn: ({ name, ...body }: { name: string; definition: GoalDefinition; why: string }) =>
        call<Goal>("PUT", at(project, name), { body }),
      onSuccess: () => queries.invalidateQueries({ queryKey: key(project) }),
    }),
    remove: useMutation({
      mutationFn: (name: string) => call<void>("DELETE", at(project, name)),
      onSuccess: () => queries.invalidateQueries({ queryKey: key(project), exact: true }),
    }),
  };
}
