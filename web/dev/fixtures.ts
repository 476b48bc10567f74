import type { ServerResponse } from "node:http";
import { answerAnalysis } from "./analyses.ts";
import * as shop from "./shop.ts";

export interface Reply {
  status: number;
  json?: unknown;
  stream?: (response: ServerResponse) => void;
}
type Body = Record<string, unknown> | undefined;

const ok = (json: unknown): Reply => ({ status: 200, json });
const none: Reply = { status: 204 };
const problem = (status: number, code: string, message: string, hint: string | null = null): Reply => ({
  status,
  json: { error: { code, message, field: null, got: null, expected: null, hint } },
});

let signedIn = process.env.FIXTURE_SIGNED_OUT !== "1";
const boards = new Map(shop.boards.map((board) => [board.id, board]));

export function answer(method: string, url: URL, body: Body): Reply {
  const path = url.pathname;
  const query = url.searchParams;
  if (path === "/api/v1/setup") {
    if (method === "GET") return ok({ needed: process.env.FIXTURE_SETUP === "1" });
    signedIn = true;
    return ok(shop.session);
  }
  if (path === "/api/v1/session") {
    if (method === "DELETE") {
      signedIn = false;
      return none;
    }
    if (method === "POST") {
      if (body?.password === "wrong")
        return problem(401, "wrong_sign_in", "邮箱或密码不对。", "再试一次，或请管理员重设密码。");
      signedIn = true;
    }
    return signedIn ? ok(shop.session) : problem(401, "not_signed_in", "请先登录。");
  }
  if (path === "/api/v1/me") return ok(shop.session.user);
  if (path.startsWith("/api/v1/tokens")) {
    if (method === "POST") return ok({ ...shop.tokens[0], token: "twp_3kd93mf0x8s7q2w1" });
    return method === "DELETE" ? none : ok(shop.tokens);
  }
  if (path.startsWith("/api/v1/users"))
    return method === "DELETE" ? none : ok(method === "GET" ? shop.users : shop.users[0]);
  if (path === "/api/v1/projects")
    return ok(method === "POST" ? { ...shop.session.projects[0], ...body } : shop.session.projects);
  const inside = /^\/api\/v1\/projects\/[^/]+(\/.*)?$/.exec(path);
  if (!inside) return problem(404, "not_found", `No fixture for ${method} ${path}`);
  return project(method, inside[1] ?? "", query, body);
}

function project(method: string, path: string, query: URLSearchParams, body: Body): Reply {
  const part = path.split("/").slice(1).map(decodeURIComponent);
  switch (part[0]) {
    case undefined:
      return ok({ ...shop.session.projects[0], ...body });
    case "home":
      return ok(shop.home(query.get("day")));
    case "live":
      return { status: 200, stream: shop.live };
    case "schema":
      if (part[1] === "values") return ok(shop.values(query.get("property") ?? ""));
      if (part[1] === "events") return ok(shop.samples(part[2] ?? ""));
      return ok(shop.schema);
    case "people":
      if (!part[1])
        return ok(
          shop.people(
            query.get("q") ?? "",
            Number(query.get("offset") ?? 0),
            Number(query.get("limit") ?? 50),
          ),
        );
      return ok(
        part[2] === "events" ? shop.timeline(query.get("before"), query.get("name")) : shop.person(part[1]),
      );
    case "sources":
      return method === "DELETE"
        ? none
        : ok(method === "GET" ? shop.sources : { ...shop.sources[0], ...body });
    case "rejected":
      if (method === "DELETE") return none;
      return ok(part[1] === "replay" ? { accepted: 3, rejected: 1 } : shop.rejected(query.get("code")));
    case "imports":
      if (part[1] === "preview") return ok(shop.preview);
      return ok(method === "POST" ? shop.summary : shop.imports);
    case "boards":
      return board(method, part[1], body);
    case "queries":
      return method === "DELETE" ? none : ok({ state: "running", progress: 0.5 });
    case "analyses":
      if (part[2] === "people") return ok(shop.people("", Number(query.get("offset") ?? 0), 50));
      return ok(answerAnalysis(part[1] ?? "", body ?? {}));
  }
  return problem(404, "not_found", `No fixture for ${method} ${path}`);
}

function board(method: string, id: string | undefined, body: Body): Reply {
  if (!id) {
    if (method === "GET") return ok([...boards.values()]);
    const made = {
      id: `b${boards.size + 1}`,
      name: "",
      tiles: [],
      updated_at: new Date().toISOString(),
      ...body,
    };
    boards.set(made.id, made as shop.Board);
    return ok(made);
  }
  const found = boards.get(id);
  if (!found) return problem(404, "not_found", "没有这个看板。");
  if (method === "DELETE") {
    boards.delete(id);
    return none;
  }
  if (method === "PUT") boards.set(id, { ...found, ...body, updated_at: new Date().toISOString() });
  return ok(boards.get(id));
}
