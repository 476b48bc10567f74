import { useState } from "react";

const KEY = "tidewheel.folded";

function read(): string[] {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]") as string[];
  } catch {
    return [];
  }
}

/** Whether a group of the rail is folded away, as this browser was left. */
export function useFolded(group: string): [folded: boolean, fold: (folded: boolean) => void] {
  const [folded, setFolded] = useState(() => read().includes(group));
  const fold = (next: boolean) => {
    const others = read().filter((each) => each !== group);
    localStorage.setItem(KEY, JSON.stringify(next ? [...others, group] : others));
    setFolded(next);
  };
  return [folded, fold];
}
