import { useQuery } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { Kind, KindsOfProperty, Schema, Scope } from "./types";

/** The project's events and properties with their volumes. */
export function useSchema(project: string) {
  return useQuery({
    queryKey: ["schema", project],
    queryFn: ({ signal }) => call<Schema>("GET", projectPath(project, "/schema"), { signal }),
    // Until the first event has come, every look is a look for it.
    staleTime: ({ state }) => (state.data?.events.length ? 60_000 : 0),
    refetchInterval: ({ state }) => (state.data?.events.length === 0 ? 5_000 : false),
  });
}

/** The commonest values of a property, for suggestions. */
export function useSchemaValues(
  project: string,
  ask: { property: string; scope: Scope; kind?: Kind | null; q?: string } | null,
  limit = 50,
) {
  return useQuery({
    queryKey: ["values", project, ask, limit],
    queryFn: ({ signal }) =>
      call<{ values: { value: string | number | boolean; count: number }[] }>(
        "GET",
        projectPath(project, "/schema/values"),
        { query: { ...ask, limit }, signal },
      ),
    enabled: ask !== null,
    staleTime: 60_000,
  });
}

/** The types a property's values come in; asked only for one that has several. */
export function useKinds(project: string, ask: { property: string; scope: Scope } | null) {
  return useQuery({
    queryKey: ["kinds", project, ask],
    queryFn: ({ signal }) =>
      call<KindsOfProperty>("GET", projectPath(project, "/schema/kinds"), { query: { ...ask }, signal }),
    enabled: ask !== null,
    staleTime: 60_000,
  });
}
