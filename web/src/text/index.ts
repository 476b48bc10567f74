import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "@/format";

type Book = Record<string, unknown>;
const books = import.meta.glob<Book>("./*/*.json", { import: "default" });
const KEY = "tidewheel.language";

/** The language to start in: the one chosen before, else the browser's. */
export function startLanguage(): Language {
  const stored = localStorage.getItem(KEY);
  if (stored === "zh-CN" || stored === "en") return stored;
  return navigator.languages
    .find((tag) => /^(zh|en)/i.test(tag))
    ?.toLowerCase()
    .startsWith("en")
    ? "en"
    : "zh-CN";
}

async function load(language: Language): Promise<void> {
  const prefix = `./${language}/`;
  await Promise.all(
    Object.entries(books).map(async ([path, read]) => {
      if (!path.startsWith(prefix)) return;
      i18next.addResourceBundle(language, path.slice(prefix.length, -".json".length), await read());
    }),
  );
}

export async function initText(language: Language = startLanguage()): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: {},
    defaultNS: "common",
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await load(language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

export async function speak(language: Language): Promise<void> {
  await load(language);
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

/** The language in force, for the API and for formats. */
export function spoken(): Language {
  return i18next.language === "en" ? "en" : "zh-CN";
}
