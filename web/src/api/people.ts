import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { PeoplePage, Person, TimelinePage } from "./types";

const PAGE = 50;

export function usePeople(project: string, q: string) {
  return useInfiniteQuery({
    queryKey: ["people", project, q],
    queryFn: ({ pageParam, signal }) =>
      call<PeoplePage>("GET", projectPath(project, "/people"), {
        query: { q, offset: pageParam, limit: PAGE },
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

export function usePerson(project: string, id: string) {
  return useQuery({
    queryKey: ["person", project, id],
    queryFn: ({ signal }) =>
      call<Person>("GET", projectPath(project, `/people/${encodeURIComponent(id)}`), { signal }),
  });
}

export function useTimeline(project: string, id: string, name: string | null) {
  return useInfiniteQuery({
    queryKey: ["timeline", project, id, name],
    queryFn: ({ pageParam, signal }) =>
      call<TimelinePage>("GET", projectPath(project, `/people/${encodeURIComponent(id)}/events`), {
        query: { before: pageParam, limit: 100, name },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}
