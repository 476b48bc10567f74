import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { Clicked, PickedEvent, PickDefinition, Tried } from "./types";

const key = (project: string) => ["picks", project] as const;
const at = (project: string, rest = "") => projectPath(project, `/picks${rest}`);

export function usePicks(project: string) {
  return useQuery({
    queryKey: key(project),
    queryFn: async () => (await call<{ picks: PickedEvent[] }>("GET", at(project))).picks,
    staleTime: 30_000,
  });
}

/** What a definition covers now; null asks nothing. */
export function useTried(project: string, definition: PickDefinition | null) {
  return useQuery({
    queryKey: [...key(project), "try", definition?.any_of],
    queryFn: ({ signal }) => call<Tried>("POST", at(project, "/try"), { body: { definition }, signal }),
    enabled: definition !== null,
    staleTime: 15_000,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** What was clicked most in the last days, by page and element. */
export function useClicked(project: string) {
  return useQuery({
    queryKey: [...key(project), "elements"],
    queryFn: async () => (await call<{ elements: Clicked[] }>("GET", at(project, "/elements"))).elements,
    staleTime: 60_000,
    retry: false,
  });
}

export function pickingToken(project: string): Promise<{ token: string }> {
  return call<{ token: string }>("POST", at(project, "/token"));
}

export function usePickChanges(project: string) {
  const queries = useQueryClient();
  // A picked event is an event of the dictionary too, and of what answers say.
  const onSuccess = () => queries.invalidateQueries();
  return {
    save: useMutation({
      mutationFn: ({ name, ...body }: { name: string; definition: PickDefinition; why: string }) =>
        call<PickedEvent>("PUT", at(project, `/${encodeURIComponent(name)}`), { body }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (name: string) => call<void>("DELETE", at(project, `/${encodeURIComponent(name)}`)),
      onSuccess,
    }),
  };
}
