import type { Breakdown, Measure, Step, Within } from "@/api/questions";
import type { Editing } from "@/editors";
import { breakdownWords, measureWords, stepWords, withinWords } from "@/editors";
import { duration, exact, money } from "@/format";
import type { Field } from "./shape";

/** Whether a parameter has a value of its own to show. */
export function isSet(value: unknown): boolean {
  return (
    value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0)
  );
}

/** One number as it reads: money and lengths of time are kept in their smallest unit. */
export function numberWords(value: number, edit: string | undefined, editing: Editing): string {
  if (edit === "money") return money(value, editing.project.currency, editing.language);
  if (edit === "duration") return duration(value / 1000, editing.language);
  return exact(value, editing.language);
}

/** A parameter's value in words. */
export function valueWords(field: Field, value: unknown, editing: Editing): string {
  const { say } = editing;
  switch (field.shape.type) {
    case "step":
      return stepWords(value as Step, editing);
    case "steps":
      return (value as Step[]).map((each) => stepWords(each, editing)).join(" · ");
    case "measure":
      return measureWords(value as Measure, editing);
    case "measures":
      return (value as Measure[]).map((each) => measureWords(each, editing)).join(" · ");
    case "breakdown":
      return breakdownWords(value as Breakdown, editing);
    case "breakdowns":
      return (value as Breakdown[]).map((each) => breakdownWords(each, editing)).join(" × ");
    case "within":
      return withinWords(value as Within, editing);
    case "number":
      return numberWords(value as number, field.edit, editing);
    case "numbers":
      return (value as number[]).map((each) => numberWords(each, field.edit, editing)).join(say("join.list"));
    case "text":
      return field.edit === "property" ? editing.names.property(value as string) : (value as string);
    default:
      return String(value);
  }
}
