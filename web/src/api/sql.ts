import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, callFile, projectPath } from "./client";
import type { components } from "./schema";

type S = components["schemas"];
export type SqlTable = S["TableReply"];
export type SqlTables = S["TableList"];
export type SqlColumn = S["ColumnReply"];
export type SqlAnswer = S["SqlAnswer"];
export type SqlParameter = S["Parameter"];
export type SqlChart = S["SqlChart"];
export type SavedSql = S["SqlQueryReply"];

/** A query as it is written, run, kept and put on a board; a parameter's default is its value. */
export interface SqlQuery {
  sql: string;
  parameters: SqlParameter[];
  chart: SqlChart;
}

const key = (project: string) => ["sql", project] as const;

export function useSqlTables(project: string) {
  return useQuery({
    queryKey: [...key(project), "tables"],
    queryFn: () => call<SqlTables>("GET", projectPath(project, "/sql/tables")),
    staleTime: 300_000,
  });
}

export function runSql(
  project: string,
  { sql, parameters }: SqlQuery,
  { queryId, signal }: { queryId: string; signal: AbortSignal },
): Promise<SqlAnswer> {
  const ask = { query: { query_id: queryId }, body: { sql, parameters }, signal };
  return call<SqlAnswer>("POST", projectPath(project, "/sql"), ask);
}

/** The whole answer as CSV, and whether rows are missing from it. */
export async function exportSql(project: string, { sql, parameters }: SqlQuery) {
  const answer = await callFile("POST", projectPath(project, "/sql/export"), { body: { sql, parameters } });
  return { file: await answer.blob(), more: answer.headers.get("x-more-rows") === "true" };
}

export function useSavedSql(project: string) {
  return useQuery({
    queryKey: [...key(project), "saved"],
    queryFn: async () =>
      (await call<{ queries: SavedSql[] }>("GET", projectPath(project, "/sql/queries"))).queries,
  });
}

/** Keeps a query; with an id it replaces that one. */
export function useSaveSql(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: SqlQuery & { name: string; id?: string | undefined }) =>
      call<SavedSql>(id ? "PUT" : "POST", projectPath(project, `/sql/queries${id ? `/${id}` : ""}`), {
        body,
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [...key(project), "saved"] }),
  });
}

export function useRemoveSql(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call<void>("DELETE", projectPath(project, `/sql/queries/${id}`)),
    onSuccess: () => queries.invalidateQueries({ queryKey: [...key(project), "saved"] }),
  });
}
