import { useTranslation } from "react-i18next";

export const SOURCE_KINDS = [
  "mini_program",
  "web",
  "app",
  "store",
  "official_account",
  "wecom",
  "server",
] as const;
type SourceKind = (typeof SOURCE_KINDS)[number];

/** What sends, in words; kinds we have no word for stay as they are. */
export function useSourceKind() {
  const { t } = useTranslation("data");
  return (kind: string) =>
    (SOURCE_KINDS as readonly string[]).includes(kind) ? t(`sources.kinds.${kind as SourceKind}`) : kind;
}
