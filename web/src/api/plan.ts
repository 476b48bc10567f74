import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type {
  Plan,
  PlanChange,
  PlanCoverage,
  PlanDraft,
  PlanHistory,
  PlanMode,
  ReleaseReport,
  ReleaseRun,
  Violation,
  ViolationKey,
  Volume,
} from "./types";

export function usePlan(project: string) {
  return useQuery({
    queryKey: ["plan", project, "parts"],
    queryFn: () => call<Plan>("GET", projectPath(project, "/plan")),
  });
}

/** Where the plan is a Markdown file for people who review it. */
export const planDocumentAddress = (project: string, language: "en" | "zh"): string =>
  projectPath(project, `/plan/plan.md?language=${language}`);

export function usePlanCoverage(project: string, days: number) {
  return useQuery({
    queryKey: ["plan", project, "coverage", days],
    queryFn: () => call<PlanCoverage>("GET", projectPath(project, "/plan/coverage"), { query: { days } }),
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
  });
}

const partPath = (project: string, kind: string, name: string) =>
  projectPath(project, `/plan/parts/${kind}/${encodeURIComponent(name)}`);

export function usePlanHistory(project: string, kind: string, name: string, enabled: boolean) {
  return useQuery({
    queryKey: ["plan", project, "history", kind, name],
    queryFn: () => call<PlanHistory>("GET", partPath(project, kind, name)),
    enabled,
  });
}

/** Parts that are not in force: made of what arrived, or a template that comes with the product. */
export function usePlanDraft(project: string) {
  return useMutation({
    mutationFn: (from: "arrived" | "retail") =>
      from === "arrived"
        ? call<PlanDraft>("POST", projectPath(project, "/plan/draft"), { query: { days: 30 } })
        : call<PlanDraft>("GET", projectPath(project, "/plan/templates/retail")),
  });
}

export function usePlanChanges(project: string) {
  const queries = useQueryClient();
  const onSuccess = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ["plan", project] }),
      queries.invalidateQueries({ queryKey: ["quality", project] }),
    ]);
  return {
    apply: useMutation({
      mutationFn: (parts: Omit<PlanDraft, "yaml"> & { why: string }) =>
        call<{ changes: PlanChange[] }>("POST", projectPath(project, "/plan/apply"), { body: parts }),
      onSuccess,
    }),
    save: useMutation({
      mutationFn: ({
        kind,
        name,
        ...body
      }: {
        kind: string;
        name: string;
        definition: unknown;
        why: string;
      }) => call<{ changes: PlanChange[] }>("PUT", partPath(project, kind, name), { body }),
      onSuccess,
    }),
  };
}

export function useViolations(project: string, days: number) {
  return useQuery({
    queryKey: ["quality", project, "violations", days],
    queryFn: async () =>
      (
        await call<{ violations: Violation[] }>("GET", projectPath(project, "/quality/violations"), {
          query: { days },
        })
      ).violations,
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });
}

export function useVolumes(project: string) {
  return useQuery({
    queryKey: ["quality", project, "volumes"],
    queryFn: async () =>
      (await call<{ volumes: Volume[] }>("GET", projectPath(project, "/quality/volumes"))).volumes,
    refetchInterval: 60_000,
  });
}

export function useQualityChanges(project: string) {
  const queries = useQueryClient();
  const onSuccess = () =>
    Promise.all(
      ["quality", "plan", "sources"].map((key) => queries.invalidateQueries({ queryKey: [key, project] })),
    );
  return {
    mute: useMutation({
      mutationFn: (body: ViolationKey & { reason: string }) =>
        call<void>("POST", projectPath(project, "/quality/mutes"), { body }),
      onSuccess,
    }),
    unmute: useMutation({
      mutationFn: (body: ViolationKey) =>
        call<void>("POST", projectPath(project, "/quality/mutes/remove"), { body }),
      onSuccess,
    }),
    mode: useMutation({
      mutationFn: ({ id, mode }: { id: string; mode: PlanMode }) =>
        call<void>("PATCH", projectPath(project, `/sources/${id}`), { body: { plan_mode: mode } }),
      onSuccess,
    }),
  };
}

export function useReleaseRun(project: string) {
  return useMutation({
    mutationFn: (run: ReleaseRun) =>
      call<ReleaseReport>("POST", projectPath(project, "/plan/verify"), { body: run }),
  });
}
