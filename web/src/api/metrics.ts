import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { Metric, MetricDefinition, MetricSeries, MetricValue, MetricVersions } from "./types";

const key = (project: string) => ["metrics", project] as const;
const at = (project: string, name = "", rest = "") =>
  projectPath(project, `/metrics${name ? `/${encodeURIComponent(name)}` : ""}${rest}`);

export function useMetrics(project: string) {
  return useQuery({
    queryKey: key(project),
    queryFn: async () => (await call<{ metrics: Metric[] }>("GET", at(project))).metrics,
    staleTime: 30_000,
  });
}

export function useMetric(project: string, name: string) {
  return useQuery({
    queryKey: [...key(project), name],
    queryFn: () => call<MetricVersions>("GET", at(project, name)),
    retry: false,
  });
}

/** `period` is as in an address: 30day or 2026-11-01..2026-11-30. */
export function useMetricValue(project: string, name: string, period: string) {
  return useQuery({
    queryKey: [...key(project), name, "value", period],
    queryFn: ({ signal }) =>
      call<MetricValue>("GET", at(project, name, "/value"), { query: { period }, signal }),
    staleTime: 60_000,
    retry: false,
  });
}

export function useMetricSeries(project: string, name: string, period: string, by: "day" | "week" | "month") {
  return useQuery({
    queryKey: [...key(project), name, "series", period, by],
    queryFn: ({ signal }) =>
      call<MetricSeries>("GET", at(project, name, "/series"), { query: { period, by }, signal }),
    staleTime: 60_000,
    retry: false,
  });
}

export function useMetricChanges(project: string) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: key(project) });
  return {
    save: useMutation({
      mutationFn: ({ name, ...body }: { name: string; definition: MetricDefinition; why: string }) =>
        call<Metric>("PUT", at(project, name), { body }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (name: string) => call<void>("DELETE", at(project, name)),
      onSuccess: () => queries.invalidateQueries({ queryKey: key(project), exact: true }),
    }),
  };
}
