import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ImportKind } from "@/api";
import { useNames } from "@/shell";
import { rolesOf } from "./mapping";
import type { Role } from "./mapping";

/** The roles a column may take, in words and in groups. */
export function useRoleOptions(kind: ImportKind) {
  const { t } = useTranslation("data");
  const names = useNames();
  return useMemo(() => {
    const field = (name: string) => t(`import.fields.${name as "order_id"}`, { defaultValue: name });
    const label = (role: Role): string => {
      const [place, name = ""] = role.split(/\.(.*)/s);
      if (place === "who") return t("import.role.who", { name: names.identifier(name) });
      if (place === "fields") return t("import.role.field", { name: field(name) });
      if (place === "items" && name) return t("import.role.item", { name: field(name) });
      return t(`import.role.${role as "keep"}`);
    };
    const option = (value: Role) => ({ value, label: label(value) });
    const roles = rolesOf(kind);
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
  }, [kind, names, t]);
}
