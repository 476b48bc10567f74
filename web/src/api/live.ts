import { useEffect, useState } from "react";
import { projectPath } from "./client";
import type { LiveFact } from "./types";

export type LiveState = "connecting" | "open" | "lost";
export interface NumberedFact extends LiveFact {
  number: number;
}
interface Live {
  state: LiveState;
  perMinute: number[] | null;
  facts: NumberedFact[];
}

/** Events as they arrive, newest first, at most `keep`. While `paused`, what arrives is not shown. */
export function useLive(project: string, keep: number, paused = false): Live & { clear: () => void } {
  const [live, setLive] = useState<Live>({ state: "connecting", perMinute: null, facts: [] });
  useEffect(() => {
    if (paused) return;
    const stream = new EventSource(projectPath(project, "/live"));
    let waiting: NumberedFact[] = [];
    let number = Date.now();
    // Facts are shown a few times a second, however fast they come.
    const timer = setInterval(() => {
      if (waiting.length === 0) return;
      const arrived = waiting;
      waiting = [];
      setLive((before) => ({ ...before, facts: [...arrived, ...before.facts].slice(0, keep) }));
    }, 300);
    stream.onopen = () => setLive((before) => ({ ...before, state: "open" }));
    stream.onerror = () => setLive((before) => ({ ...before, state: "lost" }));
    stream.addEventListener("fact", (event) => {
      waiting.unshift({ ...(JSON.parse(event.data as string) as LiveFact), number: ++number });
      if (waiting.length > keep) waiting.length = keep;
    });
    stream.addEventListener("pulse", (event) => {
      const { per_minute } = JSON.parse(event.data as string) as { per_minute: number[] };
      setLive((before) => ({ ...before, state: "open", perMinute: per_minute }));
    });
    return () => {
      clearInterval(timer);
      stream.close();
    };
  }, [project, keep, paused]);
  return { ...live, clear: () => setLive((before) => ({ ...before, facts: [] })) };
}
