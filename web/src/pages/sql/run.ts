import { runSql } from "@/api";
import type { SqlAnswer, SqlQuery } from "@/api";
import { useFollowed } from "@/pages/analyse/run";

/** Runs a query and follows it; null asks nothing. `turn` tells two runs of one text apart. */
export function useSqlRun(project: string, query: SqlQuery | null, turn = 0) {
  const asked = query && { sql: query.sql, parameters: query.parameters };
  return useFollowed<SqlAnswer>(
    project,
    ["sql", project, "run", asked, turn],
    query && ((how) => runSql(project, query, how)),
  );
}
