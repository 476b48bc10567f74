import { useTranslation } from "react-i18next";
import { Page } from "@/ui";

export function Home() {
  const { t } = useTranslation("shell");
  return <Page title={t("place.home")}>{null}</Page>;
}
