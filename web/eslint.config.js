import js from "@eslint/js";
import globals from "globals";
import i18next from "eslint-plugin-i18next";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

const own = (folders) => ({
  group: folders.map((folder) => `@/${folder}/**`).concat(folders.map((folder) => `@/${folder}`)),
});
const vendor = {
  antd: { group: ["antd", "antd/*"], message: "Use the wrapper in @/ui, or add one there." },
  echarts: { group: ["echarts", "echarts/*"], message: "Draw with <Chart> from @/charts." },
  grid: {
    group: ["react-grid-layout", "react-grid-layout/*"],
    message: "Only pages/boards lays out a grid.",
  },
  codemirror: { group: ["@codemirror/*", "@lezer/*"], message: "Only pages/sql edits code." },
};
const door = { group: ["../../*"], message: "Write @/… instead of climbing up." };
const forbid = (patterns) => ({ "no-restricted-imports": ["error", { patterns: [door, ...patterns] }] });

export default ts.config(
  { ignores: ["node_modules", "dist", "src/api/schema.ts"] },
  js.configs.recommended,
  ...ts.configs.recommended,
  a11y.flatConfigs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    languageOptions: { globals: globals.browser },
    plugins: { "react-hooks": hooks, i18next },
    rules: {
      ...hooks.configs.recommended.rules,
      "i18next/no-literal-string": [
        "error",
        {
          mode: "jsx-only",
          "jsx-attributes": {
            include: ["title", "label", "placeholder", "alt", "aria-label", "description"],
          },
          callees: { exclude: [".*"] },
          words: { exclude: ["[^A-Za-z\\u4e00-\\u9fff]*"] },
        },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "no-console": "error",
      // What is opened to be typed into takes the focus.
      "jsx-a11y/no-autofocus": "off",
      ...forbid(Object.values(vendor)),
    },
  },
  // The ladder: pages → shell → editors → charts → ui → api, text, format.
  {
    files: ["src/ui/**"],
    rules: forbid([vendor.echarts, vendor.grid, own(["pages", "shell", "editors", "charts", "api"])]),
  },
  {
    files: ["src/charts/**"],
    rules: forbid([vendor.antd, vendor.grid, vendor.codemirror, own(["pages", "shell", "editors"])]),
  },
  {
    files: ["src/api/**"],
    rules: forbid([
      vendor.antd,
      vendor.echarts,
      vendor.grid,
      own(["pages", "shell", "editors", "charts", "ui"]),
    ]),
  },
  {
    files: ["src/format/**", "src/text/**"],
    rules: forbid([...Object.values(vendor), own(["pages", "shell", "editors", "charts", "ui", "api"])]),
  },
  { files: ["src/editors/**"], rules: forbid([...Object.values(vendor), own(["pages", "shell"])]) },
  { files: ["src/shell/**"], rules: forbid([...Object.values(vendor)]) },
  { files: ["src/pages/boards/**"], rules: forbid([vendor.antd, vendor.echarts, vendor.codemirror]) },
  { files: ["src/pages/sql/**"], rules: forbid([vendor.antd, vendor.echarts, vendor.grid]) },
  { files: ["dev/**", "*.config.*", "*.build.mjs"], languageOptions: { globals: globals.node } },
  { files: ["**/*.test.*"], rules: { "i18next/no-literal-string": "off" } },
);
