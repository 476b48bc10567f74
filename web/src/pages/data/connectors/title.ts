import { useFormat } from "@/shell";

/** Reads the server's own words in the language of the page. */
export function useTitle() {
  const { language } = useFormat();
  return (title: { en: string; zh: string }) => (language === "en" ? title.en : title.zh);
}
