/** Reading an attribution: rows, models, and what a touch is called. */
import type {
  Answer,
  AttributionCell,
  AttributionCredit,
  AttributionGroup,
  AttributionParams,
  AttributionResult,
  AttributionRow,
  TouchName,
} from "@/api/questions";
import type { Editing } from "@/editors";

export type ModelName = AttributionResult["models"][number];
export type Stage = "all" | "first" | "repeat";

/** What a row or a step of a path is called; `only` is false where several definitions need telling apart. */
export type Called = (touch: TouchName | null) => string;

export function caller(
  answer: Pick<Answer<"attribution">, "params" | "result">,
  editing: Editing,
  say: (key: string) => string,
): Called {
  const { touches } = answer.params;
  return (touch) => {
    if (touch === null) return say("row.untouched");
    const at = touch.definition;
    if (at === null || at === undefined) return say("row.other");
    const property = touches[at]?.property?.property ?? "$event";
    const value = touch.name ?? "";
    const name =
      property === "$event"
        ? editing.names.event(String(value))
        : (editing.names.value(property, value) ?? String(value));
    const several = touches.length > 1 && property !== "$event";
    return several ? `${touches[at]?.step.name || editing.names.property(property)} · ${name}` : name;
  };
}

/** The model a question follows. */
export function modelOf(params: AttributionParams): ModelName {
  return params.model ?? "linear";
}

export function creditsOf(row: AttributionRow, stage: Stage): AttributionCredit[] {
  return (stage === "all" ? row.credits : row[stage]) ?? row.credits;
}

export function credit(
  result: AttributionResult,
  row: AttributionRow,
  model: ModelName,
  stage: Stage = "all",
): AttributionCredit {
  return creditsOf(row, stage)[result.models.indexOf(model)]!;
}

/** Revenue where it was asked, else conversions. */
export function size(one: AttributionCredit): number {
  return one.value ?? one.conversions;
}

/** The rows that are touches: not those without one. */
export function touched(group: AttributionGroup): AttributionRow[] {
  return group.rows.filter((row) => row.touch !== null);
}

export function everyone(result: AttributionResult): AttributionGroup {
  return result.groups.find((group) => group.group === null) ?? result.groups[0]!;
}

/** The cell behind a figure of a row. */
export function cellOf(
  result: AttributionResult,
  group: AttributionGroup,
  row: AttributionRow,
  model: ModelName,
  stage: Stage = "all",
): AttributionCell {
  const held = { group: group.group, model, stage };
  if (row.touch === null) return { ...held, untouched: true };
  if (row.touch.definition !== null && row.touch.definition !== undefined) {
    return { ...held, touch: row.touch };
  }
  const named = everyone(result).rows.flatMap(({ touch }) =>
    touch && touch.definition !== null && touch.definition !== undefined ? [touch] : [],
  );
  return { ...held, rest: named };
}

export interface Gap {
  row: AttributionRow;
  /** What last touch gives, less what the model gives. */
  off: number;
}

/** What last touch gives most too much and most too little, next to a model. */
export function gaps(
  result: AttributionResult,
  group: AttributionGroup,
  model: ModelName,
): { over: Gap | null; under: Gap | null } {
  let over: Gap | null = null;
  let under: Gap | null = null;
  for (const row of touched(group)) {
    const off = size(credit(result, row, "last")) - size(credit(result, row, model));
    if (off > (over?.off ?? 0)) over = { row, off };
    if (off < (under?.off ?? 0)) under = { row, off };
  }
  return { over, under };
}

/** Whether a touch stands for the same one as another. */
export function same(one: TouchName | null, other: TouchName | null): boolean {
  return one?.definition === other?.definition && one?.name === other?.name;
}
