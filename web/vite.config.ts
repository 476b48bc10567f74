import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { fixtureServer } from "./dev/server.ts";

// `npm run dev` talks to a running server when TIDEWHEEL_URL names one, else to the fixtures in dev/.
const server = process.env.TIDEWHEEL_URL;

export default defineConfig(({ command }) => ({
  base: "/",
  plugins: [react(), ...(command === "serve" && !server ? [fixtureServer()] : [])],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: server ? { proxy: { "/api": server, "/v1": server, "/openapi.json": server } } : {},
  build: {
    outDir: "../src/tidewheel/serve/ui",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1300,
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/setup.test-env.ts"],
  },
}));
