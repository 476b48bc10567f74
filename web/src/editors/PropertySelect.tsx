import { useMemo } from "react";
import type { Kind, Scope } from "@/api";
import { Select } from "@/ui";
import { useEditing } from "./context";
import { MOMENTS } from "@/format/moments";

export interface PropertyRef {
  property: string;
  scope: Scope;
  kind?: Kind | null | undefined;
}

const SIGN: Record<Kind, string> = { text: "Aa", number: "12", flag: "✓", time: "◷", list: "[]" };

/** A property of the event, its items or the person, grouped by whose it is, with its kind. */
export function PropertySelect({
  value,
  onChange,
  scopes = ["event", "item", "person"],
  kinds,
  events,
  width = 180,
  autoFocus = false,
}: {
  value: PropertyRef | null;
  onChange: (property: PropertyRef) => void;
  scopes?: readonly Scope[];
  kinds?: readonly Kind[];
  /** Properties seen on these events come first; others of scope event and item are left out. */
  events?: readonly string[] | undefined;
  width?: number | string;
  autoFocus?: boolean;
}) {
  const { schema, names, say } = useEditing();
  const options = useMemo(() => {
    const own = (seen: readonly string[]) =>
      !events || events.length === 0 || events.includes("*") || seen.some((event) => events.includes(event));
    const moments = Object.entries(MOMENTS)
      .filter(([, kind]) => !kinds || kinds.includes(kind))
      .map(([name, kind]) => ({
        value: `event/${kind}/${name}`,
        label: names.property(name, "event"),
        find: `${names.property(name, "event")} ${name}`.toLowerCase(),
        name,
        sign: SIGN[kind],
      }));
    return scopes
      .map((scope) => ({
        label: say(`scope.${scope}`),
        options: schema.properties
          .filter(
            (entry) =>
              entry.scope === scope &&
              !entry.name.startsWith("$") &&
              (!kinds || kinds.includes(entry.kind)) &&
              (scope === "person" || own(entry.events)),
          )
          .sort((a, b) => b.count - a.count)
          .map((entry) => ({
            value: `${scope}/${entry.kind}/${entry.name}`,
            label: names.property(entry.name, scope),
            find: `${names.property(entry.name, scope)} ${entry.name}`.toLowerCase(),
            name: entry.name,
            sign: SIGN[entry.kind],
          })),
      }))
      .concat(scopes.includes("event") ? [{ label: say("scope.moment"), options: moments }] : [])
      .filter((group) => group.options.length > 0);
  }, [schema, names, say, scopes, kinds, events]);
  const kind = value ? (value.kind ?? names.kind(value.property, value.scope) ?? "text") : null;
  return (
    <Select
      size="small"
      style={{ width }}
      popupMatchSelectWidth={260}
      placeholder={say("pick.property")}
      aria-label={say("pick.property")}
      autoFocus={autoFocus}
      showSearch={{
        filterOption: (text, option) =>
          String((option as { find?: string }).find ?? "").includes(text.toLowerCase()),
      }}
      value={value?.property ? `${value.scope}/${kind}/${value.property}` : undefined}
      labelRender={() => (value ? names.property(value.property, value.scope) : null)}
      onChange={(picked: string) => {
        const [scope, found, ...name] = picked.split("/");
        onChange({ property: name.join("/"), scope: scope as Scope, kind: found as Kind });
      }}
      options={options}
      optionRender={({ data }) => {
        const { label, name, sign } = data as unknown as { label: string; name: string; sign: string };
        return (
          <span style={{ display: "flex", gap: 8, alignItems: "baseline" }}>
            <code style={{ color: "var(--ink-3)", width: 18 }}>{sign}</code>
            <span>{label}</span>
            {name !== label && <code style={{ color: "var(--ink-3)", marginLeft: "auto" }}>{name}</code>}
          </span>
        );
      }}
    />
  );
}
