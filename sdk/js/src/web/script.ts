import { start } from "./start";
import type { WebClient, WebOptions } from "./start";

/**
 * What `<script async src="…/tw.js" data-key="…">` does: start with the options of the tag, then do what the page
 * has put into `tw` meanwhile: `(window.tw = window.tw || []).push(["track", "name", {…}])`.
 */
type Call = [keyof WebClient, ...unknown[]];

const tag = document.currentScript as HTMLScriptElement | null;
const page = window as unknown as { tw?: Call[] | WebClient };
if (tag && tag.dataset.key && (!page.tw || Array.isArray(page.tw))) {
  const { key, url, consent, clicks, pages, slots } = tag.dataset;
  const given = {
    key,
    url: url || tag.src.replace(/\/[^/]*$/, ""),
    consent,
    clicks,
    pages,
    slots,
  };
  const client = start(given as WebOptions);
  const does = client as unknown as Record<
    string,
    (...given: unknown[]) => unknown
  >;
  const push = (...calls: Call[]) =>
    calls.forEach(([name, ...given]) => does[name]?.(...given));
  const before = page.tw as Call[] | undefined;
  page.tw = Object.assign(client, { push });
  if (before) push(...before);
}
