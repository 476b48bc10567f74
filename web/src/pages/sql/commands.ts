/** The same query for a terminal. */
import type { SqlParameter, SqlQuery } from "@/api";
import { quoted } from "@/pages/analyse/commands";

export function sqlCurl(origin: string, project: string, { sql, parameters }: SqlQuery): string {
  const body = JSON.stringify(parameters.length > 0 ? { sql, parameters } : { sql });
  return [
    `curl ${quoted(`${origin}/api/v1/projects/${encodeURIComponent(project)}/sql`)}`,
    `  -H "Authorization: Bearer $TIDEWHEEL_TOKEN"`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${quoted(body)}`,
  ].join(" \\\n");
}

export function sqlCommand(project: string, { sql, parameters }: SqlQuery): string {
  const flags = parameters.map((each) => ` --param ${quoted(written(each))}`).join("");
  return `tidewheel sql ${quoted(sql)} --project ${quoted(project)}${flags}`;
}

function written({ name, kind, default: value }: SqlParameter): string {
  const text = Array.isArray(value) ? value.join(",") : String(value ?? "");
  return `${name}:${kind}=${text}`;
}
