import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { Enrichment, EnrichmentTrial } from "./types";

const key = (project: string) => ["enrichment", project] as const;
const at = (project: string, name = "", rest = "") =>
  projectPath(project, `/enrichment${name ? `/${name}` : ""}${rest}`);

export function useEnrichments(project: string) {
  return useQuery({
    queryKey: key(project),
    queryFn: async () => (await call<{ enrichments: Enrichment[] }>("GET", at(project))).enrichments,
    staleTime: 30_000,
  });
}

/** What rules would change of the last days' events. */
export function useTrial(project: string, name: string, rules: Record<string, unknown>, days: number) {
  return useQuery({
    queryKey: [...key(project), name, "try", rules, days],
    queryFn: ({ signal }) =>
      call<EnrichmentTrial>("POST", at(project, name, "/try"), { body: { rules, days }, signal }),
    staleTime: 60_000,
    placeholderData: (before) => before,
    retry: false,
  });
}

export function useEnrichmentChanges(project: string) {
  const queries = useQueryClient();
  // answers, names and counts follow the rules: all of them are asked again
  const onSuccess = () => queries.invalidateQueries();
  return {
    save: useMutation({
      mutationFn: ({ name, ...body }: { name: string; rules: Record<string, unknown>; why: string }) =>
        call<Enrichment>("PUT", at(project, name), { body }),
      onSuccess,
    }),
    reset: useMutation({
      mutationFn: (name: string) => call<Enrichment>("DELETE", at(project, name)),
      onSuccess,
    }),
  };
}
