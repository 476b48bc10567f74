/** The rules of channels as the form holds them. */
export const OPS = [
  "is",
  "contains",
  "starts_with",
  "ends_with",
  "domain",
  "matches",
  "is_set",
  "is_not_set",
] as const;
export type Op = (typeof OPS)[number];

export interface Look {
  property: string;
  op: Op;
  values: string[];
}
export interface Rule {
  channel: string;
  name: string;
  when: Look[];
}

/** Properties that tell where a visit came from, the usual ones first. */
export const TELLING = [
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "ad_click",
  "scene",
  "page_referrer_host",
  "channel",
  "platform",
];

export const bare = (op: Op) => op === "is_set" || op === "is_not_set";

export const emptyLook = (): Look => ({ property: "utm_source", op: "is", values: [] });
export const emptyRule = (): Rule => ({ channel: "", name: "", when: [emptyLook()] });

export const isWhole = (rule: Rule) =>
  rule.channel.trim() !== "" &&
  rule.when.length > 0 &&
  rule.when.every((look) => look.property !== "" && (bare(look.op) || look.values.length > 0));

/** Without values where the test takes none. */
export const written = (rule: Rule): Rule => ({
  channel: rule.channel.trim(),
  name: rule.name.trim(),
  when: rule.when.map((look) => (bare(look.op) ? { ...look, values: [] } : look)),
});

export function moved<T>(all: T[], from: number, to: number): T[] {
  const left = [...all];
  const [one] = left.splice(from, 1);
  if (one !== undefined) left.splice(to, 0, one);
  return left;
}
