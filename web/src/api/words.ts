import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { SourceWords, Vocabulary, WordsTrial } from "./types";

const place = (source: string, protocol: string) => `/sources/${source}/vocabularies/${protocol}`;

/** How the names of a vendor's clients become ours at a source. */
export function useWords(project: string, source: string, protocol: string) {
  return useQuery({
    queryKey: ["words", project, source, protocol],
    queryFn: () => call<SourceWords>("GET", projectPath(project, place(source, protocol))),
  });
}

/** What arrived lately, and what words would make of it; no words: those in force. */
export function useWordsTrial(project: string, source: string, protocol: string, words: Vocabulary | null) {
  return useQuery({
    queryKey: ["words", project, source, protocol, "trial", words],
    queryFn: () =>
      call<WordsTrial>("POST", projectPath(project, `${place(source, protocol)}/trial`), { body: { words } }),
    placeholderData: (before) => before,
  });
}

export function useWordsChanges(project: string, source: string, protocol: string) {
  const queries = useQueryClient();
  const path = projectPath(project, place(source, protocol));
  const onSuccess = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ["words", project, source, protocol] }),
      queries.invalidateQueries({ queryKey: ["sources", project] }),
    ]);
  return {
    save: useMutation({
      mutationFn: (words: Vocabulary) => call<SourceWords>("PUT", path, { body: words }),
      onSuccess,
    }),
    reset: useMutation({ mutationFn: () => call<SourceWords>("DELETE", path), onSuccess }),
  };
}
