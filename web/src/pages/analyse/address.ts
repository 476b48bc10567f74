import { useCallback, useMemo } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { Analysis, Asked, Comparison, Params, Test } from "@/api/questions";
import { isComplete } from "@/editors/question";
import { readPeriod, usePeriod, writePeriod } from "@/shell";
import type { Period } from "@/api";
import { decode, encode } from "./compact";
import type { Json } from "./compact";

/** The form of `q`; an address written by another version is not guessed at. */
const VERSION = "1";
type Reads = (held: Record<string, unknown>) => boolean;

/** Empty lists and nulls say nothing: they are left out of the address. */
function lean(value: unknown): Json | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return value.map((entry) => (entry === null ? null : (lean(entry) ?? {})));
  if (typeof value !== "object") return value as Json;
  const kept = Object.entries(value)
    .map(([key, held]) => [key, Array.isArray(held) && held.length === 0 ? undefined : lean(held)] as const)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return Object.fromEntries(kept);
}

/** The question of an address; null where there is none or it cannot be read. */
export function readQuestion<K extends Analysis>(
  search: URLSearchParams,
  reads: Reads = () => true,
): Params<K> | null {
  const written = search.get("q");
  if (!written || (search.get("v") ?? VERSION) !== VERSION) return null;
  try {
    const held = decode(written) as Record<string, unknown> | null;
    const plain = typeof held === "object" && held !== null && !Array.isArray(held);
    return plain && reads(held) ? (held as unknown as Params<K>) : null;
  } catch {
    return null;
  }
}

/** The query of the address that asks this: period and compare apart, because they travel. */
export function writeQuestion(params: Asked, view: string | null): Record<string, string> {
  const { period, compare, ...own } = params;
  const plain = compare?.length === 1 && compare[0]?.period === "previous" && !compare[0].people;
  const none = (compare ?? []).length === 0;
  const question = plain || none ? own : { ...own, compare };
  return {
    v: VERSION,
    q: encode(lean(question) ?? {}),
    ...(view ? { view } : {}),
    ...(period ? { period: writePeriod(period as Period) } : {}),
    compare: none ? "off" : "previous",
  };
}

/** A query string that stays readable: brackets and colons need no escaping in it. */
export function readable(query: Iterable<[string, string]>): string {
  return [...query]
    .map(
      ([name, value]) =>
        `${name}=${encodeURIComponent(value).replace(/%(21|24|28|29|2C|2F|3A|7E)/g, decodeURIComponent)}`,
    )
    .join("&");
}

/** Half-written conditions stay in the editor and are not asked. */
function asked<P extends Asked>(params: P): P {
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, held]) => [
        key,
        key === "filters" && Array.isArray(held) ? (held as Test[]).filter(isComplete) : clean(held),
      ]),
    );
  };
  return clean(params) as P;
}

/** The page's question: what the address says, or the first question. */
export function useQuestion<K extends Analysis>(first: Params<K>, reads?: Reads) {
  const [search] = useSearchParams();
  const go = useNavigate();
  const { period, compare } = usePeriod();
  const view = search.get("view");
  const held = useMemo(() => readQuestion<K>(search, reads), [search, reads]);
  const unreadable = search.has("q") && held === null;
  const params = useMemo<Params<K>>(() => {
    const own = held ?? first;
    // Comparisons of its own are switched off, and on again, by the switch that travels.
    const kept = search.get("compare") === "off" ? [] : own.compare;
    const against: Comparison[] = kept ?? (compare === "previous" ? [{ period: "previous" }] : []);
    return { ...own, period: readPeriod(search.get("period")) ?? period, compare: against };
  }, [held, first, compare, period, search]);
  const write = useCallback(
    (next: Params<K>, nextView: string | null) => {
      const kept = new URLSearchParams(search);
      for (const name of ["q", "v", "view", "period", "compare"]) kept.delete(name);
      for (const [name, value] of Object.entries(writeQuestion(next, nextView))) kept.set(name, value);
      void go({ search: `?${readable(kept)}` }, { preventScrollReset: true });
    },
    [go, search],
  );
  return {
    params,
    ask: useMemo(() => asked(params), [params]),
    view,
    unreadable,
    setParams: useCallback((next: Params<K>) => write(next, view), [write, view]),
    setView: useCallback((next: string | null) => write(params, next), [write, params]),
  };
}
