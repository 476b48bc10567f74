import type { Condition, Dates, FunnelParams, Kinds, Last, TrendsParams } from "./questions.schema";

export type * from "./questions.schema";

export type Analysis = keyof Kinds;
export type Params<K extends Analysis = Analysis> = Kinds[K]["params"];
export type Result<K extends Analysis = Analysis> = Kinds[K]["result"];
export type Cell<K extends Analysis = Analysis> = Kinds[K]["cell"];

export type Test = NonNullable<FunnelParams["filters"]>[number];
export type Period = Dates | Last;
export type ValueKind = NonNullable<Condition["kind"]>;
export type Scope = NonNullable<Condition["scope"]>;
export type Operator = Condition["op"];
export type Grain = NonNullable<TrendsParams["grain"]>;
export type GroupLabel = (string | number | boolean | null)[];

/** What every question asks besides its own. */
export type Asked = Pick<
  TrendsParams,
  "period" | "people" | "filters" | "breakdowns" | "top" | "compare" | "bots" | "sample" | "identity_as_of"
>;

/** A test between an answer and what it is compared with; `low` and `high` bound `value - compared`. */
export interface Significance {
  name: string;
  group: GroupLabel | null;
  value: number;
  compared: number;
  p_value: number;
  low: number;
  high: number;
}

export interface Provenance {
  definition: string;
  data: string | number;
  identity: string | number;
  /** Which facts were seen, however files lie by now. */
  receipt: string | null;
  zone: string;
  engine: string;
  /** Up to when there are facts. */
  until: string | null;
  events: number;
  people: number;
  left_out: number;
}

/** One of an answer's main numbers, by its lasting name. */
export interface Figure<K extends Analysis = Analysis> {
  name: string;
  title: { en: string; zh: string };
  value: number | null;
  format: "number" | "percent" | "money" | "seconds" | "ratio";
  group: GroupLabel | null;
  cell: Cell<K> | null;
}

export interface Compared<K extends Analysis = Analysis> {
  label: { en: string; zh: string };
  result: Result<K>;
  figures: Figure<K>[];
  tests: Significance[];
}

export interface Answer<K extends Analysis = Analysis> {
  kind: K;
  params: Params<K>;
  result: Result<K>;
  /** The headline first; of everyone, then of each group. */
  figures: Figure<K>[];
  comparisons: Compared<K>[];
  /** What the asker should know, such as a name that was never seen. */
  warnings?: { code: string; message: { en: string; zh: string } }[];
  provenance: Provenance;
}

/** `["$other"]` holds what the named values leave over. */
export const OTHER = "$other";
/** Any event but person facts. */
export const ANY_EVENT = "*";
