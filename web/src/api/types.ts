/** The shapes of the HTTP API that the UI reads. */

export type Kind = "text" | "number" | "flag" | "time" | "list";
export type Scope = "event" | "item" | "person";
export type Plain = string | boolean | number;
export type GroupLabel = (string | number | boolean | null)[];
export interface Bilingual {
  en: string;
  zh: string;
}

export interface ProblemBody {
  code: string;
  message: string;
  field: string | null;
  got: unknown;
  expected: unknown;
  hint: string | null;
}

export type Role = "owner" | "editor" | "viewer";
export interface User {
  id: string;
  email: string;
  name: string;
  admin: boolean;
  language?: string | null;
}
export interface Project {
  id: string;
  name: string;
  role: Role;
  time_zone: string;
  currency: string;
  week_start: number;
}
export interface Session {
  user: User;
  csrf_token: string;
  projects: Project[];
}
export interface SetupForm {
  email: string;
  name: string;
  password: string;
  project_name: string;
  time_zone: string;
  currency: string;
}

export interface UserRow {
  id: string;
  email: string;
  name: string;
  admin: boolean;
  roles: Record<string, Role>;
}
export interface TokenRow {
  id: string;
  name: string;
  scopes: string[];
  project: string | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
}

export interface Source {
  id: string;
  name: string;
  kind: string;
  /** Null for viewers. */
  write_key: string | null;
  events_24h: number;
  last_event_at: string | null;
  enabled: boolean;
}

export interface SchemaEvent {
  name: string;
  title: Bilingual | null;
  count: number;
  first_seen: string | null;
  last_seen: string | null;
  daily: number[];
  properties: string[];
}
export interface SchemaProperty {
  name: string;
  title?: Bilingual | null;
  scope: Scope;
  kind: Kind;
  count: number;
  events: string[];
  samples: unknown[];
}
export interface Schema {
  events: SchemaEvent[];
  properties: SchemaProperty[];
}

export interface Dates {
  from: string;
  to: string;
}
export interface Last {
  last: number;
  unit?: "hour" | "day" | "week" | "month";
}
export type Period = Dates | Last;

export interface AnalysisKind {
  name: string;
  title: Bilingual;
  description: Bilingual;
  params_schema: Record<string, unknown>;
}
export interface Provenance {
  definition: string;
  data: string;
  identity: string;
  zone: string;
  engine: string;
  until: string | null;
  events: number;
  people: number;
  seconds: number;
  cached: boolean;
}
export interface SignificanceTest {
  name: string;
  group: GroupLabel | null;
  value: number;
  compared: number;
  p_value: number;
  low: number;
  high: number;
}
export interface Answer<Result = unknown, Params = Record<string, unknown>> {
  kind: string;
  params: Params;
  result: Result;
  comparisons: { label: Bilingual; result: Result; tests: SignificanceTest[] }[];
  provenance: Provenance;
}

export interface PersonRow {
  id: string;
  name: string | null;
  identifiers: { type: string; value: string }[];
  first_seen: string | null;
  last_seen: string | null;
  orders: number | null;
  revenue: number | null;
  city: string | null;
}
export interface PeoplePage {
  total: number;
  people: PersonRow[];
}
export interface PersonLink {
  a: string;
  b: string;
  source: string;
  time: string;
  in_force: boolean;
  reason: string | null;
}
export interface Person {
  id: string;
  name: string | null;
  identifiers: {
    type: string;
    value: string;
    first_seen: string | null;
    last_seen: string | null;
    events: number;
  }[];
  links: PersonLink[];
  properties: Record<string, { value: unknown; kind: Kind; time: string | null }>;
  first_seen: string | null;
  last_seen: string | null;
  events: number;
  orders: number | null;
  revenue: number | null;
}
export interface TimelineEvent {
  id: string;
  name: string;
  time: string;
  actor: string;
  source: string;
  properties: Record<string, unknown>;
  items: Record<string, unknown>[];
}
export interface TimelinePage {
  events: TimelineEvent[];
  next: string | null;
}

/** What a figure opens: the persons behind one cell of one question. */
export interface Opens {
  kind: string;
  params: Record<string, unknown>;
  cell: Record<string, unknown>;
  comparison?: number;
}

export interface Tile {
  id: string;
  title: string;
  kind: string;
  params: Record<string, unknown>;
  view: string | Record<string, unknown> | null;
  x: number;
  y: number;
  w: number;
  h: number;
}
export interface Board {
  id: string;
  name: string;
  tiles: Tile[];
  updated_at: string;
}

export interface HomeFigure {
  key: string;
  title: Bilingual;
  value: number | null;
  compared: number | null;
  change: number | null;
  format: "count" | "money" | "percent";
  open: Opens | null;
}
export interface HomeHour {
  hour: number;
  visitors: number | null;
  orders: number | null;
  gmv: number | null;
  compared_visitors: number | null;
  compared_orders: number | null;
  compared_gmv: number | null;
}
export interface HomeChannel {
  channel: string | null;
  visitors: number | null;
  buyers: number | null;
  gmv: number | null;
  open: Opens | null;
}
export interface HomeGoods {
  item_id: string;
  item_name: string | null;
  image?: string | null;
  quantity: number | null;
  gmv: number | null;
  buyers: number | null;
  open: Opens | null;
}
export interface HomeReport {
  day: string;
  compared_day: string;
  until: string | null;
  figures: HomeFigure[];
  hours: HomeHour[];
  channels: HomeChannel[];
  goods: HomeGoods[];
  new_people: number | null;
  returning_people: number | null;
}

export interface LiveFact {
  time: string;
  name: string;
  actor: string;
  source: string;
  properties: Record<string, unknown>;
  items_count: number;
}

export interface RejectedItem {
  id: string;
  received: string;
  source: string;
  code: string;
  field: string | null;
  message: string;
  hint: string | null;
  body: unknown;
}
export interface RejectedPage {
  total: number;
  by_code: { code: string; count: number }[];
  items: RejectedItem[];
}

export type ImportKind = "events" | "orders" | "items" | "costs" | "people";
export interface ImportColumn {
  name: string;
  kind: string;
  samples: unknown[];
  missing: number;
}
export interface ImportProblem {
  row: number | null;
  field: string | null;
  code: string;
  message: string;
  hint: string | null;
}
export interface ImportPreview {
  upload_id: string;
  format: string;
  encoding: string | null;
  columns: ImportColumn[];
  guess: Record<string, unknown>;
  rows_sample: Record<string, unknown>[];
  native?: boolean;
  problems: ImportProblem[];
}
export interface ImportSummary {
  rows: number;
  accepted: number;
  rejected: number;
  duplicates: number;
  problems: ImportProblem[];
  first_time: string | null;
  last_time: string | null;
}
