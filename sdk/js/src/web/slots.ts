import type { Client } from "../core/client";
import type { Said } from "../core/types";
import { IGNORED } from "./path";

const SLOT = "data-tw-slot";
const SEEN_FOR = 1000;

/** Return what is said of the slot an element lies in. */
export function slotOf(element: Element): Said | undefined {
  const slot = element.closest(`[${SLOT}]`);
  if (!slot) return undefined;
  const read = (name: string) => slot.getAttribute(name) || undefined;
  const position = Number(read(`${SLOT}-position`));
  return {
    slot_id: read(SLOT),
    slot_name: read(`${SLOT}-name`),
    content_id: read(`${SLOT}-content`),
    position: position || undefined,
  };
}

/**
 * Record a slot once a page view, when half of it has been on the screen for a second; slots that come later too.
 * Returns what begins anew for the next page.
 */
export function watchSlots(client: Client, page: () => string): () => void {
  if (!window.IntersectionObserver) return () => {};
  const timers = new Map<Element, ReturnType<typeof setTimeout>>();
  let known = new Map<Element, string>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio } of entries) {
        clearTimeout(timers.get(target));
        timers.delete(target);
        if (intersectionRatio < 0.5) continue;
        const seen = setTimeout(() => {
          observer.unobserve(target);
          const slot = slotOf(target);
          if (slot) client.track("slot_view", { page: page(), ...slot });
        }, SEEN_FOR);
        timers.set(target, seen);
      }
    },
    { threshold: 0.5 },
  );
  const look = () => {
    document.querySelectorAll(`[${SLOT}]`).forEach((slot) => {
      // The same place may show something else after a while: then it is seen anew.
      const content = `${slot.getAttribute(SLOT)} ${slot.getAttribute(`${SLOT}-content`)}`;
      if (known.get(slot) === content || slot.closest(IGNORED)) return;
      known.set(slot, content);
      observer.unobserve(slot);
      observer.observe(slot);
    });
  };
  const anew = () => {
    known = new Map();
    timers.forEach((timer) => clearTimeout(timer));
    timers.clear();
    observer.disconnect();
    look();
  };
  let soon = 0;
  new MutationObserver(() => {
    cancelAnimationFrame(soon);
    soon = requestAnimationFrame(look);
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: [SLOT, `${SLOT}-content`],
  });
  look();
  return anew;
}
