/** A query between its text, its form and its address. */
import type { SqlParameter, SqlQuery } from "@/api";
import { decode, encode } from "@/pages/analyse/compact";
import type { Json } from "@/pages/analyse/compact";

export const NOTHING: SqlQuery = { sql: "", parameters: [], chart: { kind: "table", y: [] } };

/** Names written as $name, outside strings, quoted names and comments. */
export function parameterNames(sql: string): string[] {
  const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\$[\s\S]*?\$\$/g, " ");
  return [...new Set([...bare.matchAll(/(?<![\w$])\$([A-Za-z_]\w*)/g)].map((found) => found[1]!))];
}

/** The declared parameters of a text: known ones keep their kind and value, new ones are text. */
export function parametersOf(sql: string, known: readonly SqlParameter[]): SqlParameter[] {
  return parameterNames(sql).map(
    (name) => known.find((each) => each.name === name) ?? { name, kind: "text", default: null },
  );
}

export function readSql(written: string | null): SqlQuery | null {
  if (!written) return null;
  try {
    const held = decode(written) as unknown as Partial<SqlQuery> | null;
    if (typeof held?.sql !== "string") return null;
    return {
      sql: held.sql,
      parameters: Array.isArray(held.parameters) ? held.parameters : [],
      chart: { ...NOTHING.chart, ...held.chart },
    };
  } catch {
    return null;
  }
}

export function writeSql({ sql, parameters, chart }: SqlQuery): string {
  const drawn = chart.kind === "table" && !chart.x ? undefined : chart;
  const held = {
    sql,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(drawn ? { chart: drawn } : {}),
  };
  return encode(JSON.parse(JSON.stringify(held)) as Json);
}

/** Two queries that ask the same. */
export function sameSql(a: SqlQuery, b: SqlQuery): boolean {
  return a.sql === b.sql && JSON.stringify(a.parameters) === JSON.stringify(b.parameters);
}

/** Where the server says a mistake is: line and column from 1. */
export function placeOf(field: string | null): { line: number; column: number } | null {
  const found = /^sql:(\d+):(\d+)$/.exec(field ?? "");
  return found ? { line: Number(found[1]), column: Number(found[2]) } : null;
}
