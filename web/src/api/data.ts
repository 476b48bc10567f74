import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type {
  ImportKind,
  ImportPreview,
  ImportSummary,
  Losses,
  PastImport,
  Protocol,
  RejectedPage,
  Source,
} from "./types";

function listOf<T>(answer: T[] | Record<string, T[]>): T[] {
  return Array.isArray(answer) ? answer : (Object.values(answer).find(Array.isArray) ?? []);
}

export function useSources(project: string) {
  return useQuery({
    queryKey: ["sources", project],
    queryFn: async () =>
      listOf(await call<Source[] | Record<string, Source[]>>("GET", projectPath(project, "/sources"))),
    // Somebody watches for the first event of a new source.
    refetchInterval: ({ state }) => (state.data?.some((source) => !source.last_event_at) ? 3_000 : 30_000),
  });
}

/** What the clients of a source numbered and never delivered, in the last days. */
export function useLosses(project: string, source: string, days: number) {
  return useQuery({
    queryKey: ["losses", project, source, days],
    queryFn: () =>
      call<Losses>("GET", projectPath(project, `/sources/${encodeURIComponent(source)}/losses`), {
        query: { days },
      }),
    refetchInterval: 60_000,
  });
}

/** The protocols the server speaks, and what clients of each have to change. */
export function useProtocols(project: string) {
  return useQuery({
    queryKey: ["protocols", project],
    queryFn: async () =>
      listOf(
        await call<Protocol[] | Record<string, Protocol[]>>(
          "GET",
          projectPath(project, "/sources/protocols"),
        ),
      ),
    staleTime: Infinity,
  });
}

export function useSourceChanges(project: string) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: ["sources", project] });
  return {
    create: useMutation({
      mutationFn: (form: { name: string; kind: string }) =>
        call<Source>("POST", projectPath(project, "/sources"), { body: form }),
      onSuccess,
    }),
    change: useMutation({
      mutationFn: ({
        id,
        ...change
      }: {
        id: string;
        name?: string;
        enabled?: boolean;
        new_key?: boolean;
        vendor_keys?: string[];
      }) => call<Source>("PATCH", projectPath(project, `/sources/${id}`), { body: change }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) => call<void>("DELETE", projectPath(project, `/sources/${id}`)),
      onSuccess,
    }),
  };
}

export function useSamples(project: string, event: string | null) {
  return useQuery({
    queryKey: ["samples", project, event],
    queryFn: () =>
      call<{ events: unknown[] }>(
        "GET",
        projectPath(project, `/schema/events/${encodeURIComponent(event ?? "")}/samples`),
      ),
    enabled: event !== null,
  });
}

export function useRejected(project: string, code: string | null, offset: number, limit: number) {
  return useQuery({
    queryKey: ["rejected", project, code, offset, limit],
    queryFn: () =>
      call<RejectedPage>("GET", projectPath(project, "/rejected"), { query: { code, offset, limit } }),
    placeholderData: keepPreviousData,
  });
}

export type Which = { ids: string[] } | { code: string } | { all: true };
export function useRejectedChanges(project: string) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: ["rejected", project] });
  return {
    replay: useMutation({
      mutationFn: (which: Which) =>
        call<{ accepted: number; rejected: number }>("POST", projectPath(project, "/rejected/replay"), {
          body: which,
        }),
      onSuccess,
    }),
    mend: useMutation({
      mutationFn: ({ id, event, check }: { id: string; event: Record<string, unknown>; check: boolean }) =>
        call<{ accepted: number }>("PUT", projectPath(project, `/rejected/${id}`), {
          body: { event, dry_run: check },
        }),
      onSuccess: (_, { check }) => (check ? undefined : onSuccess()),
    }),
    remove: useMutation({
      mutationFn: (which: Which) => call<void>("DELETE", projectPath(project, "/rejected"), { body: which }),
      onSuccess,
    }),
  };
}

export function useImports(project: string) {
  return useQuery({
    queryKey: ["imports", project],
    queryFn: async () =>
      listOf(
        await call<PastImport[] | Record<string, PastImport[]>>("GET", projectPath(project, "/imports")),
      ),
  });
}

export function useImportPreview(project: string) {
  return useMutation({
    mutationFn: ({ file, kind }: { file: File; kind: ImportKind }) => {
      const body = new FormData();
      body.append("file", file);
      body.append("kind", kind);
      return call<ImportPreview>("POST", projectPath(project, "/imports/preview"), { body });
    },
  });
}

export function useImport(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (form: {
      upload_id: string;
      kind: ImportKind;
      mapping: Record<string, unknown>;
      source: string;
    }) => call<ImportSummary>("POST", projectPath(project, "/imports"), { body: form }),
    onSuccess: () => queries.invalidateQueries(),
  });
}
