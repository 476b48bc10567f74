import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSchema, useSources } from "@/api";
import { useLanguage } from "./format";
import { useProject } from "./place";

const CHANNELS = [
  "media",
  "official_account",
  "chat",
  "natural",
  "paid",
  "fission",
  "live",
  "other",
  "store",
] as const;
/** The types of identifiers that come with the product, strongest first. */
export const IDENTIFIER_TYPES = [
  "user",
  "member_card",
  "unionid",
  "phone",
  "openid",
  "external_userid",
  "email",
  "device",
  "cookie",
] as const;

function has<T extends string>(list: readonly T[], word: string): word is T {
  return (list as readonly string[]).includes(word);
}

/** What people call things: events by the schema's titles, channels and identifier types by our texts. */
export function useNames() {
  const { t } = useTranslation();
  const language = useLanguage();
  const project = useProject().id;
  const schema = useSchema(project);
  const sources = useSources(project);
  return useMemo(() => {
    const titles = new Map(schema.data?.events.map((event) => [event.name, event.title]));
    const properties = new Map(schema.data?.properties.map((property) => [property.name, property.title]));
    const own = new Map(sources.data?.map((source) => [source.id, source.name]));
    return {
      event: (name: string): string => {
        const title = titles.get(name);
        return title ? (language === "en" ? title.en : title.zh) : name;
      },
      property: (name: string): string => {
        const title = properties.get(name);
        return title ? (language === "en" ? title.en : title.zh) : name;
      },
      source: (id: string): string => own.get(id) ?? id,
      channel: (channel: string | null): string =>
        channel === null ? t("notSet") : has(CHANNELS, channel) ? t(`channel.${channel}`) : channel,
      identifier: (type: string): string => (has(IDENTIFIER_TYPES, type) ? t(`identifier.${type}`) : type),
    };
  }, [schema.data, sources.data, language, t]);
}
