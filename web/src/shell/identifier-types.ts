import { useMemo } from "react";
import { useIdentityRules } from "@/api";
import { useLanguage } from "./format";
import { IDENTIFIER_TYPES, useNames } from "./names";
import { useProject } from "./place";

/** The types of identifiers the project knows, its own among them, strongest first, with what they are called. */
export function useIdentifierTypes(): { value: string; label: string }[] {
  const rules = useIdentityRules(useProject().id);
  const names = useNames();
  const zh = useLanguage().startsWith("zh");
  return useMemo(() => {
    const known = rules.data?.rules.types ?? IDENTIFIER_TYPES.map((type: string) => ({ type, title: null }));
    return known.map(({ type, title }) => ({
      value: type,
      label: title ? (zh ? title.zh : title.en) : names.identifier(type),
    }));
  }, [rules.data, names, zh]);
}
