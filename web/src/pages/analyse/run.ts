import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { ask, call, projectPath } from "@/api";
import type { Analysis, Answer, Params } from "@/api/questions";

const SLOW_MS = 700;
const running = new Map<string, string>();

function newId(): string {
  return crypto.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
}

/** Asks and follows a question: its answer, how far it is when it takes a while, and a way to stop it. */
export function useRun<K extends Analysis>(project: string, kind: K, params: Params<K> | null) {
  return useFollowed<Answer<K>>(
    project,
    ["asked", project, kind, params],
    params &&
      (async (how) => (await ask(project, kind, params as Params<K> & object, how)) as unknown as Answer<K>),
  );
}

/** The same for anything that is asked under an id; `send` is null while there is nothing to ask. */
export function useFollowed<T>(
  project: string,
  key: readonly unknown[],
  send: ((how: { queryId: string; signal: AbortSignal }) => Promise<T>) | null,
) {
  const queries = useQueryClient();
  const name = JSON.stringify(key);
  const [stopped, setStopped] = useState<string | null>(null);
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const id = newId();
      running.set(name, id);
      signal.addEventListener("abort", () => {
        void call("DELETE", projectPath(project, `/queries/${id}`)).catch(() => undefined);
      });
      try {
        const start = performance.now();
        const answer = await send!({ queryId: id, signal });
        return { answer, seconds: (performance.now() - start) / 1000 };
      } finally {
        running.delete(name);
      }
    },
    enabled: send !== null && stopped !== name,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const progress = useProgress(project, query.isFetching ? name : null);
  return {
    answer: query.data?.answer,
    /** From asking to having the whole answer here. */
    seconds: query.data?.seconds ?? null,
    /** The answer shown is of another question than the one asked now. */
    old: query.isPlaceholderData,
    error: query.error,
    fetching: query.isFetching,
    stopped: stopped === name,
    progress,
    stop: useCallback(() => {
      setStopped(name);
      void queries.cancelQueries({ queryKey: JSON.parse(name) as unknown[] });
    }, [queries, name]),
    again: useCallback(() => {
      setStopped(null);
      if (stopped === null) void query.refetch();
    }, [query, stopped]),
  };
}

/** How far a question is (0…1), once it takes longer than a moment; null before. */
function useProgress(project: string, name: string | null): number | null {
  const [seen, setSeen] = useState<{ name: string; value: number } | null>(null);
  useEffect(() => {
    if (name === null) return;
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const look = async () => {
      const id = running.get(name);
      if (id) {
        const state = await call<{ progress: number }>("GET", projectPath(project, `/queries/${id}`)).catch(
          () => null,
        );
        if (over) return;
        setSeen((before) => ({ name, value: state?.progress ?? before?.value ?? 0 }));
      }
      timer = setTimeout(() => void look(), 400);
    };
    timer = setTimeout(() => void look(), SLOW_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [project, name]);
  return seen !== null && seen.name === name ? seen.value : null;
}
