import { useEffect, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { LiveFact, Sighting } from "./types";

export type LiveState = "connecting" | "open" | "lost";
/** Which events to watch; nothing said: all. `device` is an identifier or a test key. */
export interface LiveWish {
  device?: string;
  source?: string;
  event?: string;
  problems?: boolean;
}
interface Live {
  state: LiveState;
  perMinute: number[] | null;
  skipped: number;
  facts: LiveFact[];
  asked: string;
}

/** Events as they arrive, newest first, at most `keep`. While `paused`, what arrives is not shown. */
export function useLive(
  project: string,
  keep: number,
  paused = false,
  wish: LiveWish = {},
): Live & { clear: () => void } {
  const [live, setLive] = useState<Live>({
    state: "connecting",
    perMinute: null,
    skipped: 0,
    facts: [],
    asked: "",
  });
  const { device = "", source = "", event = "", problems = false } = wish;
  const query = new URLSearchParams({ device, source, event, recent: String(Math.min(keep, 100)) });
  if (problems) query.set("problems", "true");
  const asked = `${projectPath(project, "/live")}?${query.toString()}`;
  useEffect(() => {
    if (paused) return;
    const stream = new EventSource(asked);
    let waiting: LiveFact[] = [];
    // Facts are shown a few times a second, however fast they come; a new connection tells some again.
    const timer = setInterval(() => {
      if (waiting.length === 0) return;
      const arrived = waiting;
      waiting = [];
      setLive((before) => {
        const shown = before.asked === asked ? before.facts : [];
        const known = new Set(shown.map((fact) => fact.id));
        const fresh = arrived.filter((fact) => !known.has(fact.id));
        return { ...before, asked, facts: [...fresh, ...shown].slice(0, keep) };
      });
    }, 300);
    stream.onopen = () => setLive((before) => ({ ...before, state: "open" }));
    stream.onerror = () => setLive((before) => ({ ...before, state: "lost" }));
    stream.addEventListener("fact", (message) => {
      waiting.unshift(JSON.parse(message.data as string) as LiveFact);
      if (waiting.length > keep) waiting.length = keep;
    });
    stream.addEventListener("pulse", (message) => {
      const { per_minute, skipped } = JSON.parse(message.data as string) as {
        per_minute: number[];
        skipped: number;
      };
      setLive((before) => ({ ...before, state: "open", perMinute: per_minute, skipped }));
    });
    return () => {
      clearInterval(timer);
      stream.close();
    };
  }, [asked, keep, paused]);
  // What was wished for before is not what is wished for now.
  const facts = live.asked === asked ? live.facts : [];
  return { ...live, facts, clear: () => setLive((before) => ({ ...before, facts: [] })) };
}

/** How one event was understood. */
export function useSighting(project: string, id: string | null) {
  return useQuery({
    queryKey: ["sighting", project, id],
    queryFn: () => call<Sighting>("GET", projectPath(project, `/live/${id ?? ""}`)),
    enabled: id !== null,
    retry: false,
  });
}
