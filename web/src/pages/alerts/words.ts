import { useTranslation } from "react-i18next";
import type { Alert, AlertDefinition, AnyAlert, ArrivalAlert, ArrivalNews, MetricValue } from "@/api";
import { useMetricWords } from "@/pages/metrics/figure";
import { useFormat, useNames } from "@/shell";

export type Rule = AlertDefinition["rule"];
export type ValueFormat = MetricValue["format"];

/** What one of the reader's units is in the API's: money in minor units, percent as a share. */
export function unitOf(format: ValueFormat): number {
  return format === "money" ? 100 : format === "percent" ? 0.01 : 1;
}

/** 0.1 % is 0.001, not 0.0010000000000000002. */
export function scaled(value: number, by: number): number {
  return Number((value * by).toPrecision(12));
}

/** What the form begins with where what arrives is to be watched; else it is a metric's name. */
export const ARRIVALS = "@arrivals";

/** Whether an alert is about what arrives rather than about a metric. */
export function isArrival(definition: AnyAlert): definition is ArrivalAlert {
  return "arrivals" in definition;
}

/** How an alert cuts time. */
export function paceOf(definition: AnyAlert): "hour" | "day" | "week" | "month" {
  return isArrival(definition) ? "hour" : definition.by;
}

/** The moment so many milliseconds from now. */
export const inSome = (ms: number): number => Date.now() + ms;

/** Rules, titles and states in the reader's words. */
export function useAlertWords() {
  const { t } = useTranslation("alerts");
  const say = useFormat();
  const names = useNames();
  const { figure } = useMetricWords();
  const part = ({ event, source }: { event?: string | null; source?: string | null }): string => {
    const words = { event: event ? names.event(event) : "", source: source ? names.source(source) : "" };
    return event && source
      ? t("part.both", words)
      : event
        ? t("part.event", words)
        : source
          ? t("part.source", words)
          : t("part.all");
  };
  const told = ({ fired, recovered }: ArrivalNews): string =>
    [
      ...fired.map((one) =>
        one.way === "silent"
          ? t("told.silent", {
              part: part(one),
              moment: say.stamp(one.since),
              missing: say.exact(one.expected, 0),
            })
          : t(`told.${one.way}`, {
              part: part(one),
              count: say.exact(one.count),
              expected: say.exact(one.expected, 0),
            }),
      ),
      ...recovered.map((one) => t("told.well", { part: part(one), moment: say.stamp(one.since) })),
    ].join("; ");
  const other = ({ by }: AlertDefinition, against: "previous" | "last_week" | "last_year") =>
    against === "previous" ? t(`againsts.previous.${by}`) : t(`againsts.${against}`);
  const rule = ({ definition, good }: Pick<Alert, "definition" | "good">, format: ValueFormat): string => {
    if (isArrival(definition)) {
      const { rule: kept } = definition;
      return kept.kind === "silence" ? t("rulesIn.silence") : t(`rulesIn.volume.${kept.direction}`);
    }
    const held = definition.rule;
    const side = definition.direction === "bad" ? (good === "up" ? "down" : "up") : definition.direction;
    if (held.kind === "threshold") {
      const { above = null, below = null } = held;
      const a = above === null ? "" : t("rulesIn.above", { limit: figure(above, format) });
      const b = below === null ? "" : t("rulesIn.below", { limit: figure(below, format) });
      return a && b ? t("rulesIn.or", { a, b }) : a || b;
    }
    if (held.kind === "change") {
      const by = held.unit === "percent" ? `${held.by}%` : figure(held.by, format);
      return t(`rulesIn.change.${side}`, { by, other: other(definition, held.against) });
    }
    return t(`rulesIn.anomaly.${side}`);
  };
  const title = (alert: Pick<Alert, "definition" | "metric_title">): string => {
    const words = alert.definition.title ?? alert.metric_title;
    if (words) return say.say(words);
    return isArrival(alert.definition) ? part(alert.definition.arrivals) : alert.definition.metric;
  };
  const state = (
    alert: Alert,
  ): { text: string; tone: "plain" | "accent" | "loss" | "warn"; why?: string } => {
    if (alert.problem) return { text: t("states.problem"), tone: "warn", why: say.say(alert.problem) };
    if (alert.muted_until)
      return { text: t("states.muted", { moment: say.stamp(alert.muted_until) }), tone: "plain" };
    if (alert.state === "bad")
      return isArrival(alert.definition)
        ? {
            text: t("states.bad", { day: say.stamp(alert.since) }),
            tone: "loss",
            why: t("badNow", { parts: alert.bad_parts.map(part).join("; ") }),
          }
        : { text: t("states.bad", { day: say.day(say.dayOf(alert.since!), false) }), tone: "loss" };
    const reason = alert.checks[0]?.reason;
    if (alert.state === "unclear" && reason)
      return { text: t("states.unclear"), tone: "warn", why: t(`reasons.${reason}`) };
    return { text: t(`states.${alert.state}`), tone: alert.state === "fine" ? "accent" : "plain" };
  };
  const each = (definition: AnyAlert): string =>
    t(`eachBy.${isArrival(definition) && definition.rule.kind === "silence" ? "look" : paceOf(definition)}`);
  return { rule, title, state, other, part, told, each };
}
