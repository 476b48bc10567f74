import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { NewNote, Note } from "./types";

const key = (project: string) => ["notes", project] as const;
const at = (project: string, rest = "") => projectPath(project, `/notes${rest}`);

/** The notes that touch the days from one to another. */
export function useNotes(project: string, from: string, to: string) {
  return useQuery({
    queryKey: [...key(project), from, to],
    queryFn: async () => (await call<{ notes: Note[] }>("GET", at(project), { query: { from, to } })).notes,
    staleTime: 60_000,
    retry: false,
  });
}

export function useNoteChanges(project: string) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: key(project) });
  return {
    /** Adds a note, or changes the one of that id. */
    save: useMutation({
      mutationFn: ({ id, ...body }: NewNote & { id: string | null }) =>
        id === null
          ? call<Note>("POST", at(project), { body })
          : call<Note>("PATCH", at(project, `/${encodeURIComponent(id)}`), { body }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: string) => call<void>("DELETE", at(project, `/${encodeURIComponent(id)}`)),
      onSuccess,
    }),
  };
}
