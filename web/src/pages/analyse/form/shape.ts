/** What the server says of a kind's parameters, as what a form needs to know. */
import type { AnalysisKind } from "@/api";

export interface Both {
  en: string;
  zh: string;
}

type Simple =
  "step" | "steps" | "measure" | "measures" | "breakdown" | "breakdowns" | "within" | "text" | "switch";
export type Shape =
  | { type: Simple }
  | { type: "choice"; values: string[] }
  | { type: "number"; integer: boolean; min?: number; max?: number }
  | { type: "numbers"; integer: boolean };

export interface Field {
  name: string;
  shape: Shape;
  /** May be left out. */
  optional: boolean;
  fallback: unknown;
  title: Both;
  help?: Both;
  choices: Record<string, Both>;
  edit?: string;
}

interface Node {
  $ref?: string;
  type?: string;
  enum?: string[];
  const?: string;
  anyOf?: Node[];
  items?: Node;
  prefixItems?: Node[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  "x-ask"?: { title: Both; help?: Both; choices?: Record<string, Both>; edit?: string };
}

const MODELS: Record<string, [one: Simple, many: Simple | null]> = {
  Step: ["step", "steps"],
  Measure: ["measure", "measures"],
  Breakdown: ["breakdown", "breakdowns"],
  Hold: ["breakdown", "breakdowns"],
  Within: ["within", null],
};

function shapeOf(node: Node): Shape | null {
  const parts = node.anyOf?.filter((part) => part.type !== "null") ?? [];
  if (parts.length === 1) return shapeOf(parts[0]!);
  const values = (parts.length > 0 ? parts : [node]).flatMap((part) =>
    part.const === undefined ? (part.enum ?? []) : [part.const],
  );
  if (values.length > 0) return { type: "choice", values };
  const model = MODELS[node.$ref?.split("/").at(-1) ?? ""];
  if (model) return { type: model[0] };
  if (node.type === "boolean") return { type: "switch" };
  if (node.type === "string") return { type: "text" };
  if (node.type === "integer" || node.type === "number") {
    const min = node.minimum ?? node.exclusiveMinimum;
    const max = node.maximum ?? node.exclusiveMaximum;
    return {
      type: "number",
      integer: node.type === "integer",
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
    };
  }
  if (node.type !== "array") return null;
  const inside = node.items ?? node.prefixItems?.[0];
  if (inside?.type === "integer" || inside?.type === "number") {
    return { type: "numbers", integer: inside.type === "integer" };
  }
  const many = MODELS[inside?.$ref?.split("/").at(-1) ?? ""]?.[1];
  return many ? { type: many } : null;
}

/** The kind's own parameters that a form can ask for, in the order they are declared. */
export function fieldsOf(kind: AnalysisKind): Field[] {
  const { properties = {}, required = [] } = kind.params_schema as {
    properties?: Record<string, Node>;
    required?: string[];
  };
  return Object.entries(properties).flatMap(([name, node]) => {
    const words = node["x-ask"];
    const shape = shapeOf(node);
    if (!words || !shape) return [];
    const nullable = node.anyOf?.some((part) => part.type === "null") ?? false;
    return [
      {
        name,
        shape,
        optional: nullable && !required.includes(name),
        fallback: node.default,
        title: words.title,
        choices: words.choices ?? {},
        ...(words.help ? { help: words.help } : {}),
        ...(words.edit ? { edit: words.edit } : {}),
      },
    ];
  });
}
