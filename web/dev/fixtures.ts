import type { ServerResponse } from "node:http";

export interface Reply {
  status: number;
  json?: unknown;
  stream?: (response: ServerResponse) => void;
}

const ok = (json: unknown): Reply => ({ status: 200, json });
const session = {
  user: { id: "u1", email: "lin@chaosheng.example", name: "林知夏", admin: true },
  csrf_token: "t",
  projects: [
    {
      id: "demo",
      name: "潮生 TIDEBORN",
      role: "owner",
      time_zone: "Asia/Shanghai",
      currency: "CNY",
      week_start: 0,
    },
  ],
};

export function answer(method: string, url: URL): Reply {
  const path = url.pathname;
  if (path === "/api/v1/setup") return ok({ needed: false });
  if (path === "/api/v1/session" && method === "GET") return ok(session);
  return {
    status: 404,
    json: {
      error: {
        code: "not_found",
        message: `No fixture for ${method} ${path}`,
        field: null,
        got: null,
        expected: null,
        hint: null,
      },
    },
  };
}
