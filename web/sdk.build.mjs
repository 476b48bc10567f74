// Builds sdk/js: what the server serves into src/tidewheel/serve/sdk, the npm package into sdk/js/dist.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const source = (path) => here(`../sdk/js/src/${path}`);

/** Write one file of its own; `iife` for a script tag, `es` for bundlers, `cjs` for a mini program. */
async function bundle(entry, format, folder, name) {
    await build({
        configFile: false,
        logLevel: "warn",
        root: here("../sdk/js"),
        publicDir: false,
        build: {
            target: "es2018",
            outDir: here(folder),
            emptyOutDir: false,
            minify: true,
            lib: { entry: source(entry), formats: [format], name: "tidewheelSdk", fileName: () => name },
        },
    });
}

const SERVED = "../src/tidewheel/serve/sdk";
await bundle("web/script.ts", "iife", SERVED, "tw.js");
await bundle("picker/index.ts", "iife", SERVED, "tw.picker.js");
await bundle("mp/index.ts", "cjs", SERVED, "tw.mp.js");
await bundle("web/index.ts", "es", "../sdk/js/dist", "web.js");
await bundle("mp/index.ts", "cjs", "../sdk/js/dist", "mp.js");
execFileSync(process.execPath, [here("node_modules/typescript/bin/tsc"), "-p", here("../sdk/js")], {
    stdio: "inherit",
});
