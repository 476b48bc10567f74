import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { HomeReport } from "./types";

/** The report of one day; today's is read again every half minute. */
export function useHome(project: string, day: string | null) {
  return useQuery({
    queryKey: ["home", project, day],
    queryFn: ({ signal }) =>
      call<HomeReport>("GET", projectPath(project, "/home"), { query: { day }, signal }),
    refetchInterval: day === null ? 30_000 : false,
    placeholderData: keepPreviousData,
  });
}
