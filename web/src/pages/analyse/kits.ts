import i18next from "i18next";
import { use } from "react";
import { useTranslation } from "react-i18next";
import type { Say } from "@/editors";
import type { AnalysisKit } from "./kit";

const folders = import.meta.glob<{ default: AnalysisKit }>("./kinds/*/index.tsx");
const kits = new Map<string, Promise<AnalysisKit | null>>();

/** Fetch a kind's kit, its texts included; null for a kind that has none. */
export function loadKit(kind: string): Promise<AnalysisKit | null> {
  const read = folders[`./kinds/${kind}/index.tsx`];
  let found = kits.get(kind);
  if (!found) {
    found = read ? read().then(({ default: kit }) => withTexts(kit)) : Promise.resolve(null);
    kits.set(kind, found);
    found.catch(() => kits.delete(kind));
  }
  return found;
}

function withTexts(kit: AnalysisKit): AnalysisKit {
  for (const [language, texts] of Object.entries(kit.texts ?? {})) {
    i18next.addResourceBundle(language, `kind_${kit.kind}`, texts);
  }
  return kit;
}

/** The kit of a kind; waits for it (inside Suspense). */
export function useKit(kind: string): AnalysisKit | null {
  return use(loadKit(kind));
}

/** The texts of a kind. */
export function useKindSay(kind: string): Say {
  const { t } = useTranslation(`kind_${kind}` as never);
  return t as unknown as Say;
}

/** The same for words that are put together outside a component. */
export function kindSay(kind: string, language: string): Say {
  return i18next.getFixedT(language, `kind_${kind}` as never) as unknown as Say;
}
