import { defineConfig } from "vitest/config";

// The tests of sdk/js, which has no packages of its own: it is built and tested with the web's.
export default defineConfig({
  server: { fs: { allow: [".."] } },
  test: { globals: true, environment: "node", include: ["../sdk/js/src/**/*.test.ts"] },
});
