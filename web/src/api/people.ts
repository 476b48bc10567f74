import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { PeoplePage, Person, TimelinePage } from "./types";

const PAGE = 50;

export function usePeople(project: string, q: string, asOf: string | null = null) {
  return useInfiniteQuery({
    queryKey: ["people", project, q, asOf],
    queryFn: ({ pageParam, signal }) =>
      call<PeoplePage>("GET", projectPath(project, "/people"), {
        query: { q, offset: pageParam, limit: PAGE, as_of: asOf },
        signal,
      }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const seen = pages.reduce((sum, page) => sum + page.people.length, 0);
      return last.people.length > 0 && seen < last.total ? seen : undefined;
    },
    placeholderData: keepPreviousData,
  });
}

/** `asOf` is a moment: people as the links asserted by then make them. */
export function usePerson(project: string, id: string, asOf: string | null = null) {
  return useQuery({
    queryKey: ["person", project, id, asOf],
    queryFn: ({ signal }) =>
      call<Person>("GET", projectPath(project, `/people/${encodeURIComponent(id)}`), {
        query: { as_of: asOf },
        signal,
      }),
  });
}

export function useTimeline(project: string, id: string, name: string | null, asOf: string | null = null) {
  return useInfiniteQuery({
    queryKey: ["timeline", project, id, name, asOf],
    queryFn: ({ pageParam, signal }) =>
      call<TimelinePage>("GET", projectPath(project, `/people/${encodeURIComponent(id)}/events`), {
        query: { before: pageParam, limit: 100, name, as_of: asOf },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}
