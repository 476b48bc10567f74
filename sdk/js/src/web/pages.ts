import type { Arrival } from "../core/client";
import { fromToken, SHARE } from "../core/share";
import type { Properties, Said } from "../core/types";

const CLICK_IDS =
  /^(gclid|wbraid|gbraid|fbclid|msclkid|ttclid|bd_vid|qhclickid|gdt_vid|qz_gdt|clickid|click_id)$/;

/** The page's name: its path, and that of a router that writes behind `#`. */
export function pageName(): string {
  const { pathname, hash } = location;
  const routed = /^#!?(\/[^?]*)/.exec(hash);
  return pathname + (routed ? `#${routed[1]}` : "");
}

/** What the address and the page before it say of how somebody came. Only campaigns and click ids are read. */
export function arrival(): Arrival {
  const came: Properties = {};
  const query = new URLSearchParams(location.search);
  const routed = location.hash.indexOf("?");
  if (routed >= 0)
    new URLSearchParams(location.hash.slice(routed)).forEach((value, name) =>
      query.append(name, value),
    );
  query.forEach((value, name) => {
    if (value && (/^utm_\w{1,20}$/.test(name) || CLICK_IDS.test(name)))
      came[name] = value.slice(0, 200);
  });
  try {
    const from = new URL(document.referrer);
    if (from.host && from.host !== location.host)
      came.referrer = from.origin + from.pathname;
  } catch {
    // Nobody says where they come from.
  }
  return { came, share: fromToken(query.get(SHARE)) };
}

export function viewed(): Said {
  return {
    page: pageName(),
    title: document.title || undefined,
    user_agent: navigator.userAgent,
    language: navigator.language,
    viewport_width: innerWidth,
    viewport_height: innerHeight,
  };
}

/** Call back when a script has changed the page. */
export function watchPages(changed: () => void) {
  let page = pageName();
  const look = () => {
    const now = pageName();
    if (now === page) return;
    page = now;
    changed();
  };
  for (const way of ["pushState", "replaceState"] as const) {
    const original = history[way];
    history[way] = function (
      this: History,
      ...given: Parameters<History["pushState"]>
    ) {
      original.apply(this, given);
      // The page first gets to show itself, and its title.
      setTimeout(look);
    };
  }
  addEventListener("popstate", () => setTimeout(look));
  addEventListener("hashchange", () => setTimeout(look));
}
