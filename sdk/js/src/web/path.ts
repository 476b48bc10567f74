/** Marks an element by name: its path starts there. */
export const NAMED = "data-tw";
/** Nothing is captured inside. */
export const IGNORED = "[data-tw-ignore]";
/** Tell whether an event is of something inside, however many shadow trees deep. */
export const isIgnored = (event: Event) =>
  event
    .composedPath()
    .some((at) => at instanceof Element && at.matches(IGNORED));
const DEEPEST = 8;
const LONGEST = 60;
const STATES =
  /^(is|has)-|^(active|current|hover(ed)?|focus(ed)?|selected|checked|open(ed)?|closed?|visible|hidden|show|disabled|loading|first|last|even|odd)$/;

/**
 * Tell whether a class or id was written by a person. Made by build tools are names with digits, `css-…`, `sc-…`,
 * and words that nobody can read aloud.
 */
export function written(name: string): boolean {
  return (
    /^[A-Za-z][A-Za-z_-]{0,39}$/.test(name) &&
    !STATES.test(name) &&
    !/^(css|sc|jsx|svelte|ng|ember|radix|headlessui)-|[A-Z]{2}|[a-z][A-Z][a-z]?[A-Z]|[bcdfghjklmnpqrstvwxz]{5}/.test(
      name,
    )
  );
}

/** An id may also end in a small number. */
function lasting(id: string): boolean {
  return written(id.replace(/[-_]?\d{1,2}$/, ""));
}

/**
 * Return a path that stays the same from visit to visit, such as `main>section.goods>a[2]`: from the nearest ancestor
 * with a name or a lasting id, or from the body, tags with their written classes. `[2]`: the second of those
 * beside it that are written alike.
 */
export function pathOf(element: Element): string {
  const steps: string[] = [];
  for (
    let at: Element | null = element;
    at && steps.length < DEEPEST;
    at = at.parentElement
  ) {
    const tag = at.localName;
    if (tag === "html" || (tag === "body" && steps.length)) break;
    const name = at.getAttribute(NAMED);
    if (name) {
      steps.unshift(`@${name}`);
      break;
    }
    if (at.id && lasting(at.id)) {
      steps.unshift(`#${at.id}`);
      break;
    }
    steps.unshift(step(at) + place(at));
  }
  return steps.join(">");
}

function step(element: Element): string {
  return [
    element.localName,
    ...Array.from(element.classList).filter(written).slice(0, 2),
  ].join(".");
}

function place(element: Element): string {
  const own = step(element);
  const alike = Array.from(element.parentElement?.children || []).filter(
    (one) => step(one) === own,
  );
  return alike.length > 1 ? `[${alike.indexOf(element) + 1}]` : "";
}

const ACTIVE = `a,button,input,select,textarea,summary,label,[role=button],[role=link],[role=tab],[role=menuitem],[onclick],[${NAMED}]`;

/** Return what was meant by a click: the link, button or named element around it, else the element itself. */
export function meant(target: Element): Element {
  return target.closest(ACTIVE) || target;
}

export function kindOf(element: Element): string {
  const tag = element.localName;
  const role = element.getAttribute("role");
  if (tag === "a" || role === "link") return "link";
  if (tag === "button" || tag === "summary" || role === "button")
    return "button";
  if (tag === "input")
    return /^(submit|button|reset|image)$/.test(
      (element as HTMLInputElement).type,
    )
      ? "button"
      : "input";
  if (tag === "select" || tag === "textarea") return "input";
  return tag === "img" || tag === "picture" || tag === "svg" ? "image" : tag;
}

/** Return what stands on an element, never what was typed into one; long numbers may be somebody's. */
export function textOf(element: Element): string | undefined {
  const label =
    element.getAttribute("aria-label") ||
    element.getAttribute("alt") ||
    element.getAttribute("title");
  const text =
    label ||
    (kindOf(element) === "input" || element.localName === "input"
      ? ""
      : words(element));
  const short = text.replace(/\s+/g, " ").trim().slice(0, LONGEST);
  return short.replace(/\d{5,}/g, "#") || undefined;
}

function words(node: Node): string {
  let found = "";
  node.childNodes.forEach((child) => {
    if (found.length > 2 * LONGEST) return;
    if (child.nodeType === 3) found += child.nodeValue;
    else if (
      child.nodeType === 1 &&
      !(child as Element).matches(
        `script,style,input,select,textarea,[contenteditable],${IGNORED}`,
      )
    )
      found += ` ${words(child)} `;
  });
  return found;
}
