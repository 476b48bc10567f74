import type { FunnelCell, FunnelGroup, FunnelParams, FunnelResult, FunnelStep } from "@/api/questions";
import { funnelColours } from "./funnel";
import type { Look } from "./look";
import type { TableCell, TableModel } from "./table";

/** Without groups a row a step; with them a row a group and the steps across. */
export function funnelTable(
  {
    result,
    compared,
    label,
    count = "people",
  }: {
    result: FunnelResult;
    compared?: FunnelResult | undefined;
    /** What it is compared with. */
    label?: string | undefined;
    count?: FunnelParams["count"];
  },
  look: Look,
): TableModel<FunnelCell> {
  return result.groups.length > 1 ? byGroup(result, look) : byStep(result, compared, label, count, look);
}

/** What not doing a step is called: dropping out after it, or, where it is optional, skipping it. */
export function droppedWord(step: FunnelStep | undefined): string {
  return step?.optional ? "chart.skipped_at" : "chart.dropped_after";
}

function openers(group: FunnelGroup, look: Look) {
  const { say } = look;
  const label = group.group === null ? "" : ` · ${say.group(group.group)}`;
  return {
    reached: (at: number): TableCell<FunnelCell> => ({
      text: say.figure(group.steps[at]?.people ?? null, "number"),
      raw: group.steps[at]?.people ?? null,
      cell: { step: at + 1, dropped: false, group: group.group },
      title: `${group.steps[at]?.name ?? ""}${label}`,
    }),
    dropped: (at: number): TableCell<FunnelCell> =>
      at === group.steps.length - 1
        ? { text: "", raw: null }
        : {
            text: say.figure(group.steps[at]?.dropped ?? null, "number"),
            raw: group.steps[at]?.dropped ?? null,
            cell: { step: at + 1, dropped: true, group: group.group },
            title: `${say.word(droppedWord(group.steps[at]), { step: group.steps[at]?.name ?? "" })}${label}`,
            ...(group.steps[at]?.optional ? { note: say.word("chart.skipped") } : {}),
          },
  };
}

function byStep(
  result: FunnelResult,
  compared: FunnelResult | undefined,
  label: string | undefined,
  count: NonNullable<FunnelParams["count"]>,
  look: Look,
): TableModel<FunnelCell> {
  const { say } = look;
  const group = result.groups[0];
  const before = compared?.groups[0];
  const units = count !== "people";
  const right = (key: string) => ({ title: say.word(key), align: "right" as const });
  return {
    caption: say.word("table.funnel"),
    columns: [
      { title: say.word("table.step") },
      ...(units ? [right(`chart.counted.${count}`)] : []),
      right("table.people"),
      right("table.of_first"),
      ...(before ? [{ title: label ?? "", align: "right" as const }] : []),
      right("table.of_previous"),
      right("table.dropped"),
      right("table.median_time"),
      right("table.mean_time"),
    ],
    rows: (group?.steps ?? []).map((step, at) => {
      const { reached, dropped } = openers(group!, look);
      const interval =
        at > 0 && step.low !== null && step.high !== null
          ? `${say.percent(step.low)} – ${say.percent(step.high)}`
          : "";
      return [
        {
          text: `${at + 1}  ${step.name}`,
          raw: step.name,
          ...(step.optional ? { note: say.word("chart.optional") } : {}),
        },
        ...(units ? [{ text: say.figure(step.count, "number"), raw: step.count }] : []),
        reached(at),
        { text: say.percent(step.rate), raw: step.rate, note: interval },
        ...(before
          ? [
              {
                text: say.percent(before.steps[at]?.rate ?? null),
                raw: before.steps[at]?.rate ?? null,
                tone: "quiet" as const,
              },
            ]
          : []),
        at === 0
          ? { text: "", raw: null }
          : { text: say.percent(step.rate_from_previous), raw: step.rate_from_previous },
        dropped(at),
        at === 0
          ? { text: "", raw: null }
          : { text: say.duration(step.median_seconds), raw: step.median_seconds },
        at === 0
          ? { text: "", raw: null }
          : { text: say.duration(step.mean_seconds), raw: step.mean_seconds },
      ];
    }),
  };
}

function byGroup(result: FunnelResult, look: Look): TableModel<FunnelCell> {
  const { say } = look;
  const colours = funnelColours(result, look);
  const steps = result.groups[0]?.steps ?? [];
  return {
    caption: say.word("table.funnel"),
    columns: [
      { title: say.word("table.group") },
      ...steps.map((step, at) => ({
        title: [at + 1, step.name, step.optional ? say.word("chart.optional") : ""].filter(Boolean).join(" "),
        align: "right" as const,
      })),
      { title: say.word("table.rate"), align: "right" },
      { title: say.word("table.median_time"), align: "right" },
    ],
    rows: result.groups.map((group) => {
      const { reached } = openers(group, look);
      const last = group.steps.at(-1);
      const name = say.group(group.group);
      const colour = colours.get(JSON.stringify(group.group));
      const interval =
        last && last.low !== null && last.high !== null
          ? `${say.percent(last.low)} – ${say.percent(last.high)}`
          : "";
      return [
        { text: name, raw: name, ...(colour ? { colour } : {}) },
        ...group.steps.map((step, at) => ({
          ...reached(at),
          text: say.figure(step.count, "number"),
          raw: step.count,
          note: at === 0 ? "" : say.percent(step.rate_from_previous),
        })),
        { text: say.percent(last?.rate ?? null), raw: last?.rate ?? null, note: interval },
        { text: say.duration(group.median_seconds), raw: group.median_seconds },
      ];
    }),
  };
}
