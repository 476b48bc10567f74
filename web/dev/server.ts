/** Answers the API from fixtures while developing without a server. Never part of the build. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "vite";
import { answer } from "./fixtures.ts";

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString("utf8");
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

export function fixtureServer(): Plugin {
  return {
    name: "tidewheel-fixtures",
    configureServer(vite) {
      vite.middlewares.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
        const url = new URL(request.url ?? "/", "http://localhost");
        if (!url.pathname.startsWith("/api/") && !url.pathname.startsWith("/v1/")) return next();
        void (async () => {
          const body = await bodyOf(request);
          await new Promise((done) => setTimeout(done, 120));
          const { status, json, stream } = answer(
            request.method ?? "GET",
            url,
            body as Record<string, unknown> | undefined,
          );
          if (stream) return stream(response);
          response.writeHead(status, { "Content-Type": "application/json" });
          response.end(json === undefined ? undefined : JSON.stringify(json));
        })();
      });
    },
  };
}
