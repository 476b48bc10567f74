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
/** Made by the server, for files and for places that are read. */
const MADE = ["import", "connector"] as const;
const NAMED = [...SOURCE_KINDS, ...MADE];
type SourceKind = (typeof NAMED)[number];

/** What sends, in words; kinds we have no word for stay as they are. */
export function useSourceKind() {
  const { t } = useTranslation("data");
  return (kind: string) =>
    (NAMED as string[]).includes(kind) ? t(`sources.kinds.${kind as SourceKind}`) : kind;
}
