import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Icon, Page } from "@/ui";
import styles from "./more.module.css";
import { useAddress } from "./place";
import { usePlaces } from "./places";
import { ThemeSwitch } from "./TopBar";

/** On a phone: every place, as a list. */
export function More() {
  const { t } = useTranslation("shell");
  const address = useAddress();
  const places = usePlaces();
  return (
    <Page title={t("place.more")} actions={<ThemeSwitch />}>
      <ul className={styles.list}>
        {places
          .flatMap((group) => group.places)
          .map((place) => (
            <li key={place.key}>
              <Link to={address(place.path)} className={styles.place}>
                <Icon name={place.icon} size={18} />
                {place.title}
                <Icon name="right" size={14} style={{ marginLeft: "auto" }} />
              </Link>
            </li>
          ))}
      </ul>
    </Page>
  );
}
