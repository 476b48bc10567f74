import { spoken } from "@/text";
import { Problem } from "./problem";
import type { ProblemBody } from "./types";

let csrfToken = "";
/** Kept from the session answer; sent back on every unsafe request. */
export function rememberCsrf(token: string): void {
  csrfToken = token;
}

type Query = Record<string, string | number | boolean | null | undefined>;
export interface Ask {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
}

function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/** One request to the API. Anything but success is thrown as a {@link Problem}. */
export async function call<T>(method: string, path: string, ask: Ask = {}): Promise<T> {
  return parse(await (await send(method, path, ask)).text()) as T;
}

/** The same for an answer that is a file. */
export async function callFile(method: string, path: string, ask: Ask = {}): Promise<Response> {
  return send(method, path, ask);
}

async function send(method: string, path: string, { query, body, signal }: Ask): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": spoken() };
  if (method !== "GET") headers["X-CSRF-Token"] = csrfToken;
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(address(path, query), {
      method,
      headers,
      body: form ? body : body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: "same-origin",
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem(0, {});
  }
  if (!response.ok) {
    const json = parse(await response.text());
    throw new Problem(response.status, (json as { error?: ProblemBody } | undefined)?.error ?? {});
  }
  return response;
}

function parse(text: string): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const projectPath = (project: string, rest: string): string =>
  `/api/v1/projects/${encodeURIComponent(project)}${rest}`;
