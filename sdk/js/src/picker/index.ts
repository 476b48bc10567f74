/**
 * The picker: laid over a page of the shop that was opened by the server's own pages. What is pointed at gets a frame;
 * what is clicked is told to whoever opened the page, and nobody else.
 */
import type { Said } from "../core/types";

interface Picking {
  describe(element: Element): Said;
  meant(target: Element): Element;
  pageName(): string;
  isIgnored(event: Event): boolean;
  /** Where the server's own pages are. */
  origin: string;
}

const { twPicking: tools } = window as unknown as { twPicking?: Picking };
const opener = window.opener as Window | null;
const chinese = /^zh/i.test(navigator.language);
const TEXT = chinese
  ? {
      pick: "点击要圈选的元素",
      browse: "浏览页面",
      again: "继续圈选",
      stop: "结束",
      done: "已发送到圈选页面",
    }
  : {
      pick: "Click what you mean",
      browse: "Browse the page",
      again: "Pick again",
      stop: "Stop",
      done: "Sent to Picked events",
    };
const LOOK = `
.frame { position: fixed; z-index: 2147483646; border: 2px solid #0b7a75; border-radius: 3px; pointer-events: none;
  background: rgb(11 122 117 / 0.14); display: none; }
.bar { position: fixed; z-index: 2147483647; left: 50%; bottom: 20px; transform: translateX(-50%); display: flex; gap: 12px;
  align-items: center; padding: 8px 14px; border-radius: 8px; background: #10201f; color: #fff; white-space: nowrap;
  font: 13px/20px system-ui, "PingFang SC", "Noto Sans SC", sans-serif; box-shadow: 0 4px 20px rgb(0 0 0 / 0.3); }
.bar button { font: inherit; color: #9fe3de; background: none; border: 0; padding: 4px; cursor: pointer; }
code { font: 12px ui-monospace, monospace; color: #b9c9c8; max-width: 40vw; overflow: hidden; text-overflow: ellipsis; }`;

function lay(
  { describe, meant, pageName, isIgnored, origin }: Picking,
  to: Window,
) {
  const host = document.createElement("tidewheel-picker");
  host.setAttribute("data-tw-ignore", "");
  const root = host.attachShadow({ mode: "open" });
  const make = (tag: string, name: string, parent: ParentNode) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    parent.append(made);
    return made;
  };
  // A sheet of one's own: pages may forbid style elements, and the bar would lie unseen at their end.
  const look = new CSSStyleSheet();
  look.replaceSync(LOOK);
  root.adoptedStyleSheets = [look];
  const frame = make("div", "frame", root);
  const bar = make("div", "bar", root);
  const said = make("span", "", bar);
  const path = make("code", "", bar);
  const toggle = make("button", "", bar);
  const stop = make("button", "", bar);
  stop.textContent = TEXT.stop;
  let picking = true;

  const show = () => {
    said.textContent = picking ? TEXT.pick : "";
    toggle.textContent = picking ? TEXT.browse : TEXT.again;
    frame.style.display = "none";
  };
  const target = (event: Event): Element | undefined => {
    const [at] = event.composedPath();
    // The picker itself is ignored too.
    return at instanceof Element && !isIgnored(event) ? meant(at) : undefined;
  };
  const point = (event: Event) => {
    const element = picking && target(event);
    if (!element) return;
    const { left, top, width, height } = element.getBoundingClientRect();
    Object.assign(frame.style, {
      display: "block",
      left: `${left - 2}px`,
      top: `${top - 2}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
    path.textContent = String(describe(element).element);
  };
  const hold = (event: Event) => {
    const element = picking && target(event);
    if (!element) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type !== "click") return;
    const slot = element.closest("[data-tw-slot]");
    const picked = {
      ...describe(element),
      slot_id: slot?.getAttribute("data-tw-slot") ?? undefined,
    };
    to.postMessage(
      { tidewheel: "picked", page: pageName(), ...picked },
      origin,
    );
    said.textContent = TEXT.done;
  };
  const HELD = [
    "click",
    "mousedown",
    "mouseup",
    "pointerdown",
    "pointerup",
    "touchstart",
    "touchend",
    "submit",
  ];
  const end = () => {
    sessionStorage.removeItem("tw_pick");
    host.remove();
    removeEventListener("mousemove", point, true);
    for (const name of HELD) removeEventListener(name, hold, true);
  };
  toggle.onclick = () => {
    picking = !picking;
    show();
  };
  stop.onclick = end;
  addEventListener("mousemove", point, true);
  for (const name of HELD)
    addEventListener(name, hold, { capture: true, passive: false });
  document.documentElement.append(host);
  show();
  to.postMessage({ tidewheel: "ready", page: pageName() }, origin);
}

if (tools && opener && !document.querySelector("tidewheel-picker"))
  lay(tools, opener);
