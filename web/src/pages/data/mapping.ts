import type { ImportKind } from "@/api";

/** What one column of a file means. */
export type Role =
  | "keep"
  | "skip"
  | "when"
  | "what"
  | "id"
  | "items"
  | `who.${string}`
  | `fields.${string}`
  | `items.${string}`;
export type MoneyUnit = "yuan" | "fen";

/** The mapping as the server reads it. */
export interface Mapping {
  who?: Record<string, string>;
  what?: string | null;
  when?: string | null;
  zone?: string | null;
  date_order?: string | null;
  id?: string | null;
  items?: string | Record<string, string> | null;
  fields?: Record<string, string>;
  include?: string[] | null;
  exclude?: string[];
  money?: Record<string, MoneyUnit>;
  kinds?: Record<string, string>;
  sheet?: string | null;
  prefix?: Record<string, string>;
  statuses?: Record<string, string>;
}

/** The mapping as the screen edits it: one role a column. */
export interface Plan {
  roles: Record<string, Role>;
  money: Record<string, MoneyUnit>;
  /** Name of every row's event where no column tells it. */
  fixedEvent: string;
  rest: Pick<Mapping, "zone" | "date_order" | "kinds" | "sheet" | "prefix" | "statuses">;
}

const ORDER_FIELDS = [
  "order_id",
  "value",
  "line_value",
  "gross_value",
  "discount",
  "shipping",
  "tax",
  "platform_fee",
  "refund_value",
  "refunded_at",
  "status",
  "channel",
  "store_id",
  "coupon_id",
];
const LINE_FIELDS = ["item_id", "item_name", "item_category", "price", "quantity"];
const CATALOGUE = [
  "item_id",
  "item_name",
  "item_category",
  "item_category2",
  "item_brand",
  "price",
  "cost",
  "stock",
];
const COST_FIELDS = [
  "cost",
  "channel",
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "impressions",
  "clicks",
  "conversions",
];

const LIFT_FIELDS = ["orders", "days", "channel", "utm_source", "utm_medium", "utm_campaign"];

const LOG_FIELDS = ["ip", "url", "method", "status", "referrer", "user_agent", "site", "user"];

const CONSENT_FIELDS = ["purpose", "channel", "state", "evidence", "version", "jurisdiction"];

const MONEY = new Set([
  "value",
  "line_value",
  "gross_value",
  "discount",
  "shipping",
  "tax",
  "platform_fee",
  "refund_value",
  "price",
  "cost",
]);

/** The roles that make sense for a kind of file, most telling first. */
export function rolesOf(kind: ImportKind, types: readonly string[]): Role[] {
  const who = types.map((type): Role => `who.${type}`);
  const fields = (names: string[]) => names.map((name): Role => `fields.${name}`);
  const lines = LINE_FIELDS.map((name): Role => `items.${name}`);
  switch (kind) {
    case "events":
      return [
        "when",
        "what",
        ...who,
        "id",
        "items",
        ...fields(["order_id", "value", "channel", "platform"]),
        ...lines,
      ];
    case "orders":
      return ["when", ...who, ...fields(ORDER_FIELDS), ...lines];
    case "items":
      return fields(CATALOGUE);
    case "costs":
      return ["when", ...fields(COST_FIELDS)];
    case "lift":
      return ["when", ...fields(LIFT_FIELDS)];
    case "weblog":
      return ["when", ...fields(LOG_FIELDS)];
    case "consents":
      return ["when", ...who, ...fields(CONSENT_FIELDS)];
    case "people":
      return ["when", ...who, ...fields(["name", "city"])];
  }
}

export function isMoney(role: Role): boolean {
  return MONEY.has(role.split(".")[1] ?? "");
}

export function planOf(mapping: Mapping, columns: string[], kind: ImportKind): Plan {
  const roles: Record<string, Role> = {};
  for (const column of columns) {
    const kept = !mapping.include || mapping.include.includes(column);
    roles[column] = mapping.exclude?.includes(column) || !kept ? "skip" : "keep";
  }
  const give = (column: string | null | undefined, role: Role) => {
    if (column && column in roles) roles[column] = role;
  };
  for (const [type, column] of Object.entries(mapping.who ?? {})) give(column, `who.${type}`);
  for (const [name, column] of Object.entries(mapping.fields ?? {})) give(column, `fields.${name}`);
  give(mapping.when, "when");
  give(mapping.id, "id");
  if (mapping.what && !mapping.what.startsWith("=")) give(mapping.what, "what");
  if (typeof mapping.items === "string") give(mapping.items, "items");
  else for (const [name, column] of Object.entries(mapping.items ?? {})) give(column, `items.${name}`);
  const { zone, date_order, kinds, sheet, prefix, statuses } = mapping;
  return {
    roles,
    money: { ...mapping.money },
    fixedEvent: mapping.what?.startsWith("=") ? mapping.what.slice(1) : kind === "events" ? "purchase" : "",
    rest: { zone, date_order, kinds, sheet, prefix, statuses },
  };
}

export function mappingOf(plan: Plan, kind: ImportKind): Mapping {
  const mapping: Mapping = { ...plan.rest };
  const money: Record<string, MoneyUnit> = {};
  const items: Record<string, string> = {};
  for (const [column, role] of Object.entries(plan.roles)) {
    const [place, name = ""] = role.split(/\.(.*)/s);
    if (role === "skip") mapping.exclude = [...(mapping.exclude ?? []), column];
    else if (role === "when" || role === "what" || role === "id") mapping[role] = column;
    else if (role === "items") mapping.items = column;
    else if (place === "who") mapping.who = { ...mapping.who, [name]: column };
    else if (place === "fields") mapping.fields = { ...mapping.fields, [name]: column };
    else if (place === "items") items[name] = column;
    const unit = plan.money[column];
    if (unit && role !== "skip") money[column] = unit;
  }
  if (Object.keys(items).length > 0 && !mapping.items) mapping.items = items;
  if (Object.keys(money).length > 0) mapping.money = money;
  if (kind === "events" && !mapping.what && plan.fixedEvent) mapping.what = `=${plan.fixedEvent}`;
  return mapping;
}

/** Gives a column a role; a role that only one column can have is taken from the column that had it. */
export function withRole(plan: Plan, column: string, role: Role): Plan {
  const roles = { ...plan.roles };
  if (role !== "keep" && role !== "skip") {
    for (const [other, had] of Object.entries(roles)) if (had === role) roles[other] = "keep";
  }
  roles[column] = role;
  const money = { ...plan.money };
  if (isMoney(role)) money[column] ??= "yuan";
  else delete money[column];
  return { ...plan, roles, money };
}

const NEEDS = {
  events: ["who", "what", "when"],
  orders: ["who", "when", "order_id"],
  people: ["who"],
  consents: ["who", "when", "purpose", "state"],
  items: ["item_id"],
  costs: ["when", "cost"],
  lift: ["when", "orders"],
  weblog: ["when", "ip", "url"],
} as const satisfies Record<ImportKind, readonly string[]>;
export type Need = (typeof NEEDS)[ImportKind][number];

/** What must be named before a file of this kind can be loaded. */
export function missing(plan: Plan, kind: ImportKind): Need[] {
  const roles = Object.values(plan.roles);
  return NEEDS[kind].filter((need) => {
    if (need === "who") return !roles.some((role) => role.startsWith("who."));
    if (need === "when") return !roles.includes("when");
    if (need === "what") return !roles.includes("what") && !plan.fixedEvent.trim();
    return !roles.includes(`fields.${need}`);
  });
}
