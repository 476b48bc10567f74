import { expect, test } from "vitest";

type Tree = { [key: string]: Tree | string };
const books = import.meta.glob<Tree>("./*/*.json", { import: "default", eager: true });
const kinds = import.meta.glob<Tree>("../pages/analyse/kinds/*/*.json", { import: "default", eager: true });
for (const [path, tree] of Object.entries(kinds)) {
  const [kind, file] = path.split("/").slice(-2);
  books[`./${file!.replace(".json", "")}/kind_${kind}.json`] = tree;
}

/** Every text by its path; plural forms count as one. */
function texts(tree: Tree, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = `${path}${key}`;
    if (typeof value === "string") found.set(here.replace(/_(zero|one|two|few|many|other)$/, ""), value);
    else for (const [inner, text] of texts(value, `${here}.`)) found.set(inner, text);
  }
  return found;
}
const marks = (text: string) => [...new Set(text.match(/\{\{\w+\}\}|<\/?\w+>/g) ?? [])].sort();

const names = Object.keys(books)
  .filter((path) => path.startsWith("./en/"))
  .map((path) => path.slice("./en/".length));

test.each(names)("%s says the same things in both languages", (name) => {
  const en = texts(books[`./en/${name}`]!);
  const zh = texts(books[`./zh-CN/${name}`]!);
  expect([...zh.keys()].sort()).toEqual([...en.keys()].sort());
  for (const [key, text] of en) {
    // What joins words may be nothing in one language.
    if (key.startsWith("join.")) continue;
    expect(text.trim(), `en ${key}`).not.toBe("");
    expect(zh.get(key)!.trim(), `zh ${key}`).not.toBe("");
    // A plural form may leave the count out ("Today"), so only one direction is compared there.
    const extra = marks(zh.get(key)!).filter((mark) => mark !== "{{count}}" && !marks(text).includes(mark));
    expect(extra, `${name} ${key}`).toEqual([]);
  }
});
