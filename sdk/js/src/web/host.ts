import type { Host } from "../core/types";

const SYSTEMS: [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/, "HarmonyOS"],
  [/iPhone|iPad|iPod/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

/** Storage, network and surroundings of a browser; without storage, what is kept lives as long as the page. */
export function browser(): Host {
  const memory: Record<string, string> = {};
  let storage: Storage | undefined;
  try {
    storage = window.localStorage;
    storage.setItem("tw.try", "1");
    storage.removeItem("tw.try");
  } catch {
    storage = undefined;
  }
  const agent = navigator.userAgent;
  const os = (SYSTEMS.find(([sign]) => sign.test(agent)) || [])[1];
  return {
    read(name) {
      const kept = storage ? storage.getItem(name) : null;
      return kept === null ? (memory[name] ?? null) : kept;
    },
    write(name, text) {
      delete memory[name];
      try {
        if (text === null) storage?.removeItem(name);
        else if (storage) storage.setItem(name, text);
        else memory[name] = text;
      } catch {
        // Full: what does not fit lives as long as the page.
        memory[name] = text as string;
      }
    },
    names: () =>
      Object.keys(memory).concat(storage ? Object.keys(storage) : []),
    async post(url, body, leaving) {
      // As text/plain no browser asks first whether it may.
      if (leaving && !("keepalive" in Request.prototype)) {
        // Whether it arrives is never known: the events stay, and the next page sends them again.
        navigator.sendBeacon(url, body);
        throw new Error("unanswered");
      }
      const reply = await fetch(url, {
        method: "POST",
        body,
        keepalive: leaving,
        credentials: "omit",
      });
      return {
        status: reply.status,
        retryAfter: Number(reply.headers.get("retry-after")) || 0,
      };
    },
    about: () => ({ platform: "web", os }),
  };
}
