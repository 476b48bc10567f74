import { createClient } from "../core/client";
import type { Client } from "../core/client";
import { withShare } from "../core/share";
import type { Options, Said } from "../core/types";
import { describe, watchClicks } from "./clicks";
import { browser } from "./host";
import { isIgnored, meant } from "./path";
import { arrival, pageName, viewed, watchPages } from "./pages";
import { watchSlots } from "./slots";

/** The parameter of an address that asks for the picker, and what it lends the picker. */
const PICK = "tw_pick";

export interface WebOptions extends Options {
  /** `off`: clicks are not recorded by themselves. */
  clicks?: "off";
  /** `off`: page views are not recorded by themselves. */
  pages?: "off";
  /** `off`: slots are not watched. */
  slots?: "off";
}

export interface WebClient extends Client {
  /** Record a page view. Needed only where they are not recorded by themselves. */
  page(said?: Said): void;
  /** Record a share and return the address to pass on; by default that of this page. */
  shareLink(said?: Said & { url?: string }): string;
}

/** Begin to record this page. */
export function start(options: WebOptions): WebClient {
  const client = createClient(options, browser()) as WebClient;
  let renew = () => {};
  let watching = false;
  client.page = (said) => {
    client.arrive(arrival());
    client.track("page_view", { ...viewed(), ...said });
    renew();
  };
  client.shareLink = ({ url, ...said } = {}) =>
    withShare(
      url || location.href,
      client.share({ page: pageName(), share_to: "link", ...said }),
    );
  const { optIn } = client;
  client.optIn = () => {
    const before = client.allowed();
    optIn();
    if (!before) begin();
  };

  function begin() {
    if (options.pages !== "off") client.page();
    else client.arrive(arrival());
    if (watching) return;
    watching = true;
    if (options.pages !== "off") watchPages(() => client.page());
    if (options.clicks !== "off") watchClicks(client, pageName);
    if (options.slots !== "off") renew = watchSlots(client, pageName);
  }
  if (client.allowed()) begin();

  const leave = () => void client.flush(true);
  addEventListener("pagehide", leave);
  document.addEventListener(
    "visibilitychange",
    () => document.visibilityState === "hidden" && leave(),
  );
  addEventListener("online", () => void client.flush());
  openPicker(options.url);
  return client;
}

/** Load the picker when the page was opened by the server's own pages, which gave it a token that soon runs out. */
function openPicker(url: string) {
  try {
    const token =
      new URLSearchParams(location.search).get(PICK) ||
      sessionStorage.getItem(PICK);
    if (!token || !window.opener) return;
    sessionStorage.setItem(PICK, token);
    Object.assign(window, {
      twPicking: {
        describe,
        meant,
        pageName,
        isIgnored,
        origin: new URL(url).origin,
      },
    });
    const script = document.createElement("script");
    script.src = `${url}/tw.picker.js?token=${encodeURIComponent(token)}`;
    document.head.append(script);
  } catch {
    // No storage, no picking.
  }
}
