import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ImportKind } from "@/api";
import { useIdentifierTypes } from "@/shell";
import { rolesOf } from "./mapping";
import type { Role } from "./mapping";

/** The roles a column may take, in words and in groups. */
export function useRoleOptions(kind: ImportKind) {
  const { t } = useTranslation("data");
  const types = useIdentifierTypes();
  return useMemo(() => {
    const called = new Map(types.map((type) => [type.value, type.label]));
    const own = (name: string) => (kind === "weblog" && name === "status" ? "statusCode" : name);
    const field = (name: string) => t(`import.fields.${own(name) as "order_id"}`, { defaultValue: name });
    const label = (role: Role): string => {
      const [place, name = ""] = role.split(/\.(.*)/s);
      if (place === "who") return t("import.role.who", { name: called.get(name) ?? name });
      if (place === "fields") return t("import.role.field", { name: field(name) });
      if (place === "items" && name) return t("import.role.item", { name: field(name) });
      return t(`import.role.${role as "keep"}`);
    };
    const option = (value: Role) => ({ value, label: label(value) });
    const roles = rolesOf(kind, [...called.keys()]);
    const group = (title: "who" | "fields" | "items", prefix: string) => ({
      label: t(`import.groups.${title}`),
      options: roles.filter((role) => role.startsWith(prefix)).map(option),
    });
    const plain = roles.filter((role) => !role.includes("."));
    return [
      { label: t("import.groups.plain"), options: [...plain, "keep" as const, "skip" as const].map(option) },
      group("who", "who."),
      group("fields", "fields."),
      group("items", "items."),
    ].filter((each) => each.options.length > 0);
  }, [kind, types, t]);
}
