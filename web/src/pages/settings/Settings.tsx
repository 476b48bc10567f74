import { useTranslation } from "react-i18next";
import { NavLink, Outlet } from "react-router";
import { useAddress } from "@/shell";
import { Page } from "@/ui";
import styles from "./settings.module.css";

const TABS = ["project", "privacy", "users", "tokens", "me"] as const;

export function Settings() {
  const { t } = useTranslation("settings");
  const address = useAddress();
  return (
    <Page title={t("title")}>
      <nav className={styles.tabs} aria-label={t("title")}>
        {TABS.map((tab) => (
          <NavLink key={tab} to={address(`/settings/${tab}`)}>
            {t(`tabs.${tab}`)}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </Page>
  );
}
