import { newId } from "./ids";
import type { Host } from "./types";

/** What a browser sends after a page has gone may have 64 KB; some is left for the rest of the request. */
const MOST_BYTES = 60_000;
const MOST_EVENTS = 50;
const LONGEST_PAUSE = 300_000;

interface Waiting {
  name: string;
  text: string;
}

export interface Queue {
  add(event: object): void;
  /** Send what waits and return when it is answered, or nobody answers; `leaving`: only what a page may send as it goes. */
  flush(leaving?: boolean): Promise<void>;
  /** Forget what waits, here and in storage. */
  clear(): void;
}

/**
 * Events wait in storage, one entry each, until the server has answered: a page or tab that dies loses none, and the
 * next one sends them. They may so be sent twice; their ids were made when they happened, and the server counts once.
 */
export function createQueue(
  host: Host,
  url: string,
  prefix: string,
  limit: number,
  wait: number,
  allowed: () => boolean,
): Queue {
  let waiting: Waiting[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy: Promise<void> | undefined;
  let failures = 0;
  let pausedUntil = 0;
  let largest = MOST_EVENTS;
  let refused = false;

  for (const name of host
    .names()
    .filter((name) => name.startsWith(prefix))
    .sort()) {
    const text = host.read(name);
    if (text) waiting.push({ name, text });
  }
  if (waiting.length) later(0);

  function later(delay: number) {
    if (timer !== undefined) clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      void flush();
    }, delay);
  }

  function forget(gone: Waiting[]) {
    for (const one of gone) host.write(one.name, null);
    waiting = waiting.filter((one) => !gone.includes(one));
  }

  function batch(): Waiting[] {
    const taken: Waiting[] = [];
    let bytes = 40;
    for (const one of waiting) {
      bytes += bytesOf(one.text) + 1;
      if (taken.length && (bytes > MOST_BYTES || taken.length >= largest))
        break;
      taken.push(one);
    }
    return taken;
  }

  function flush(): Promise<void> {
    const now = Date.now();
    if (!busy && now < pausedUntil) later(pausedUntil - now);
    else busy = busy || drain().then(() => void (busy = undefined));
    return busy || Promise.resolve();
  }

  async function drain() {
    while (waiting.length && !refused && allowed() && Date.now() >= pausedUntil)
      await send(false);
    if (waiting.length && !refused && allowed())
      later(pausedUntil - Date.now());
  }

  async function send(leaving: boolean) {
    const sent = batch();
    const body = `{"events":[${sent.map((one) => one.text).join()}],"sent_at":${Date.now()}}`;
    let pause = -1;
    try {
      const { status, retryAfter } = await host.post(url, body, leaving);
      if (status === 413 && sent.length > 1) {
        largest = Math.ceil(sent.length / 2);
      } else if (status === 401 || status === 403 || status === 404) {
        // Nobody takes them with this key; they are kept for a page that has another, or for the source to be on again.
        refused = true;
      } else if (status === 429 || status >= 500) {
        pause = retryAfter * 1000;
      } else {
        forget(sent);
        failures = 0;
      }
    } catch {
      pause = 0;
    }
    if (pause < 0) return;
    const backOff =
      Math.min(LONGEST_PAUSE, 1000 * 2 ** failures++) *
      (0.5 + Math.random() / 2);
    pausedUntil = Date.now() + Math.ceil(Math.max(pause, backOff));
  }

  return {
    add(event) {
      const one = {
        name: `${prefix}${Date.now().toString(36)}${newId(6)}`,
        text: JSON.stringify(event),
      };
      host.write(one.name, one.text);
      waiting.push(one);
      if (waiting.length > limit)
        forget(waiting.slice(0, waiting.length - limit));
      if (timer === undefined && !busy)
        later(waiting.length >= MOST_EVENTS ? 0 : wait);
    },
    flush(leaving) {
      if (leaving)
        return waiting.length && allowed() && !refused
          ? send(true)
          : Promise.resolve();
      // Whoever asks for it by name need not wait for a pause to pass: the network may be back.
      pausedUntil = 0;
      return flush();
    },
    clear() {
      waiting = [];
      for (const name of host.names())
        if (name.startsWith(prefix)) host.write(name, null);
    },
  };
}

/** The length in UTF-8, at most: what is not ASCII counts three. */
function bytesOf(text: string): number {
  // eslint-disable-next-line no-control-regex
  return text.length + 2 * text.replace(/[\x00-\x7f]+/g, "").length;
}
