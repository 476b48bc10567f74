import type { Client } from "../core/client";
import type { Said } from "../core/types";
import { isIgnored, kindOf, meant, pathOf, textOf } from "./path";
import { slotOf } from "./slots";

/** Return what is said of an element that is clicked or could be picked. */
export function describe(element: Element): Said {
  return {
    element: pathOf(element),
    element_text: textOf(element),
    element_kind: kindOf(element),
    href: hrefOf(element),
  };
}

/** Record every click, and clicks of slots. */
export function watchClicks(client: Client, page: () => string) {
  const share = (at: number, size: number) =>
    Math.max(0, Math.min(1, Math.round((at / size) * 1e4) / 1e4 || 0));
  document.addEventListener(
    "click",
    (event) => {
      const target = event.composedPath()[0];
      if (
        !(target instanceof Element) ||
        isIgnored(event) ||
        target.matches("input[type=password]")
      )
        return;
      const { scrollWidth, scrollHeight } = document.documentElement;
      const slot = slotOf(target);
      client.track("click", {
        page: page(),
        ...describe(meant(target)),
        x: share(event.pageX, scrollWidth),
        y: share(event.pageY, scrollHeight),
        viewport_width: innerWidth,
        viewport_height: innerHeight,
        slot_id: slot && slot.slot_id,
      });
      if (slot) client.track("slot_click", { page: page(), ...slot });
    },
    true,
  );
}

/** Where a link leads, without what follows the path: that may hold what nobody should read. */
function hrefOf(element: Element): string | undefined {
  const href = element.closest("a")?.href;
  if (!href || typeof href !== "string") return undefined;
  try {
    const { protocol, host, origin, pathname } = new URL(href);
    return /^https?:$/.test(protocol)
      ? host === location.host
        ? pathname
        : origin + pathname
      : protocol;
  } catch {
    return undefined;
  }
}
