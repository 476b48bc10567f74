import { useSyncExternalStore } from "react";

const query = () => matchMedia("(max-width: 720px)");

function follow(changed: () => void): () => void {
  const media = query();
  media.addEventListener("change", changed);
  return () => media.removeEventListener("change", changed);
}

/** Whether the window is as narrow as a phone. */
export function useNarrow(): boolean {
  return useSyncExternalStore(follow, () => query().matches);
}
