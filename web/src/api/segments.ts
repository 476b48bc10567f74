import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { Opens, PeoplePage, SavedSegment, Segment } from "./types";

const key = (project: string) => ["segments", project] as const;
const at = (project: string, id = "", rest = "") =>
  projectPath(project, `/segments${id ? `/${encodeURIComponent(id)}` : ""}${rest}`);

export function useSegments(project: string) {
  return useQuery({
    queryKey: key(project),
    queryFn: async () => (await call<{ segments: Segment[] }>("GET", at(project))).segments,
    staleTime: 30_000,
  });
}

/** How many people are in a segment now. */
export function useSegmentCount(project: string, { id, version }: Pick<Segment, "id" | "version">) {
  return useQuery({
    queryKey: [...key(project), id, version, "count"],
    queryFn: async ({ signal }) =>
      (await call<{ count: number }>("GET", at(project, id, "/count"), { signal })).count,
    staleTime: 60_000,
    retry: false,
  });
}

export interface NewSegment {
  name: string;
  kind: Segment["kind"];
  answer?: Opens;
  identifiers?: string[];
  identifier_type?: string | null;
}

export function useSegmentChanges(project: string) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: key(project), exact: true });
  return {
    save: useMutation({
      mutationFn: (body: NewSegment) => call<SavedSegment>("POST", at(project), { body }),
      onSuccess,
    }),
    rename: useMutation({
      mutationFn: ({ id, name }: { id: string; name: string }) =>
        call<SavedSegment>("PATCH", at(project, id), { body: { name } }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) => call<void>("DELETE", at(project, id)),
      onSuccess,
    }),
    restore: useMutation({
      mutationFn: (id: string) => call<Segment>("POST", at(project, id, "/restore"), { body: {} }),
      onSuccess,
    }),
  };
}

/** A page of the people behind a figure, or in a segment. */
export function peoplePage(
  project: string,
  whose: Opens | { segment: string },
  offset: number,
  limit: number,
  signal?: AbortSignal,
): Promise<PeoplePage> {
  const more = { query: { offset, limit }, ...(signal ? { signal } : {}) };
  if ("segment" in whose) return call<PeoplePage>("GET", at(project, whose.segment, "/people"), more);
  const { kind, ...body } = whose;
  return call<PeoplePage>("POST", projectPath(project, `/analyses/${kind}/people`), { ...more, body });
}
