import type { Client } from "../core/client";
import { withShare } from "../core/share";
import type { Said, Value } from "../core/types";
import type {
  Definition,
  Globals,
  Observer,
  Opened,
  PageInstance,
  Shared,
  Touch,
} from "./wx";

type Any = (this: PageInstance, ...given: unknown[]) => unknown;

const LIFE =
  /^on(Load|Show|Ready|Hide|Unload|PullDownRefresh|ReachBottom|PageScroll|Resize|TabItemTap|AddToFavorites|SaveExitState|Share\w+)$/;
/** Elements of this class are slots: `data-slot`, `data-slot-name`, `data-content`, `data-position`. */
const SLOT = ".tw-slot";
const SEEN_FOR = 1000;

/** Put the recording around the functions that begin a mini program. */
export function watch(
  client: Client,
  options: { taps?: "off"; pages?: "off" },
  globals: Globals,
  arrive: (opened: Opened) => void,
) {
  const { App, Page, Component } = globals;
  let current = "";

  globals.App = (app) => {
    around(app, "onLaunch", (opened: Opened) => {
      arrive(opened || {});
      if (options.pages !== "off")
        client.track("app_launch", { page: opened?.path });
    });
    around(app, "onShow", (opened: Opened) => arrive(opened || {}));
    around(app, "onHide", () => void client.flush(true));
    return App(app);
  };

  globals.Page = (page) => {
    recordPage(page);
    recordTaps(page);
    return Page(page);
  };

  globals.Component = (component) => {
    // Pages may be written as components, with their life among the methods.
    const methods = (component.methods || {}) as Definition;
    if (methods.onLoad || methods.onShow || methods.onShareAppMessage)
      recordPage(methods);
    recordTaps(methods);
    return Component(component);
  };

  function recordPage(page: Definition) {
    const observers = new WeakMap<PageInstance, Observer>();
    around(page, "onShow", function () {
      current = nameOf(this);
      if (options.pages !== "off") client.track("page_view", { page: current });
    });
    around(page, "onReady", function () {
      const watching = slots(this);
      if (watching) observers.set(this, watching);
    });
    around(page, "onUnload", function () {
      observers.get(this)?.disconnect();
    });
    for (const [name, to] of [
      ["onShareAppMessage", "chat"],
      ["onShareTimeline", "timeline"],
    ] as const) {
      const original = page[name] as Any | undefined;
      if (!original) continue;
      page[name] = function (this: PageInstance, ...given: unknown[]) {
        const shared = (original.apply(this, given) || {}) as Shared & {
          promise?: Promise<Shared>;
        };
        const from = (given[0] as { from?: string } | undefined)?.from;
        const made = client.share({
          page: nameOf(this),
          share_to: to,
          share_from: from,
          title: shared.title,
        });
        const mark = (one: Shared): Shared =>
          to === "chat"
            ? { ...one, path: withShare(one.path || nameOf(this), made) }
            : {
                ...one,
                query: withShare(`?${one.query || ""}`, made).slice(1),
              };
        return shared.promise
          ? { ...mark(shared), promise: shared.promise.then(mark) }
          : mark(shared);
      };
    }
  }

  function slots(page: PageInstance): Observer | undefined {
    if (!page.createIntersectionObserver) return undefined;
    const timers: Record<string, ReturnType<typeof setTimeout>> = {};
    const seen: Record<string, true> = {};
    const observer = page.createIntersectionObserver({
      thresholds: [0.5],
      observeAll: true,
    });
    observer
      .relativeToViewport()
      .observe(SLOT, ({ dataset = {}, intersectionRatio }) => {
        const slot = slotOf(dataset);
        const name = `${slot?.slot_id} ${slot?.content_id}`;
        clearTimeout(timers[name]);
        if (!slot || seen[name] || intersectionRatio < 0.5) return;
        timers[name] = setTimeout(() => {
          seen[name] = true;
          client.track("slot_view", { page: nameOf(page), ...slot });
        }, SEEN_FOR);
      });
    return observer;
  }

  /** A handler's taps are clicks: elements are told by `data-tw`, else by their id, else by the handler. */
  function recordTaps(methods: Definition) {
    if (options.taps === "off") return;
    for (const name of Object.keys(methods)) {
      if (typeof methods[name] !== "function" || LIFE.test(name)) continue;
      around(methods, name, function (event: Touch) {
        if (!event || event.type !== "tap" || !event.currentTarget) return;
        const { id, dataset = {} } = event.currentTarget;
        if (dataset.twIgnore !== undefined) return;
        const slot = slotOf(dataset);
        const page = nameOf(this) || current;
        client.track("click", {
          page,
          element: dataset.tw
            ? `@${String(dataset.tw)}`
            : id
              ? `#${id}`
              : `:${name}`,
          element_text: text(dataset.text ?? dataset.name ?? dataset.title),
          element_kind: "tap",
          slot_id: slot?.slot_id,
        });
        if (slot) client.track("slot_click", { page, ...slot });
      });
    }
  }
}

/** Call `also` before the function `name` of a definition, which may be missing. What it throws is not the shop's. */
function around<Given>(
  definition: Definition,
  name: string,
  also: (this: PageInstance, given: Given) => void,
) {
  const original = definition[name] as Any | undefined;
  definition[name] = function (this: PageInstance, ...given: unknown[]) {
    try {
      also.call(this, given[0] as Given);
    } catch {
      // Recording must not stop the shop.
    }
    return original?.apply(this, given);
  };
}

function nameOf(page: PageInstance): string {
  const route = page && (page.route || page.is);
  return route ? `/${String(route).replace(/^\//, "")}` : "";
}

function slotOf(dataset: Record<string, unknown>): Said | undefined {
  if (!dataset.slot) return undefined;
  return {
    slot_id: String(dataset.slot),
    slot_name: text(dataset.slotName),
    content_id: text(dataset.content),
    position: Number(dataset.position) || undefined,
  };
}

function text(value: unknown): Value {
  return value === undefined || value === null || typeof value === "object"
    ? undefined
    : String(value).slice(0, 60);
}
