import type { Schema } from "@/api";
import type { Analysis, FunnelParams, Params, RetentionParams, TrendsParams } from "@/api/questions";
import { ANY_EVENT } from "@/api/questions";
import { oneEvent } from "@/editors/question";

const PATH = ["view_item", "add_to_cart", "begin_checkout", "purchase"];

/** The first question of each kind, made of the events that this project has. */
export function firstQuestion<K extends Analysis>(kind: K, schema: Schema): Params<K> {
  const own = schema.events.filter(({ name }) => !name.startsWith("$"));
  const has = new Set(own.map(({ name }) => name));
  const busiest = [...own].sort((a, b) => b.count - a.count).map(({ name }) => name);
  const made: { [A in Analysis]: () => Params<A> } = {
    trends: (): TrendsParams => {
      const events = ["view_item", "purchase"].filter((name) => has.has(name));
      const chosen = events.length > 0 ? events : busiest.slice(0, 2);
      const steps = chosen.length > 0 ? chosen : [ANY_EVENT];
      return { series: steps.map((event) => ({ step: oneEvent(event), measure: { kind: "people" } })) };
    },
    funnel: (): FunnelParams => {
      const path = PATH.filter((name) => has.has(name));
      const chosen =
        path.length >= 2 ? path : [busiest[0] ?? ANY_EVENT, busiest[1] ?? busiest[0] ?? ANY_EVENT];
      return { steps: chosen.map(oneEvent), within: { n: 7, unit: "day" } };
    },
    retention: (): RetentionParams => {
      const start =
        ["purchase", "sign_up", "view_item"].find((name) => has.has(name)) ?? busiest[0] ?? ANY_EVENT;
      const back = has.has("purchase") && start === "purchase" ? "purchase" : start;
      return start === "purchase"
        ? { start: oneEvent(start), back: oneEvent(back), grain: "week", periods: 8 }
        : { start: oneEvent(start), back: oneEvent(ANY_EVENT), grain: "day", periods: 14 };
    },
  };
  return (made[kind] as () => Params<K>)();
}

/** Every event a question names, for the properties to offer. */
export function eventsOf(kind: Analysis, params: Params): string[] {
  const steps =
    kind === "trends"
      ? (params as TrendsParams).series.map(({ step }) => step)
      : kind === "funnel"
        ? (params as FunnelParams).steps
        : [(params as RetentionParams).start, (params as RetentionParams).back];
  return [...new Set(steps.flatMap((step) => step.any_of.map(({ event }) => event)))];
}
