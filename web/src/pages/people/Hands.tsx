import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Hand } from "@/api";
import { useAddress, useFormat } from "@/shell";
import { End } from "./End";
import styles from "./identity.module.css";

/** Who had which device when: each line says from when, and who had signed in. */
export function Hands({ hands }: { hands: Hand[] }) {
  const { t } = useTranslation("identity");
  const format = useFormat();
  const address = useAddress();
  return (
    <ul>
      {hands.map((hand) => (
        <li key={`${hand.device} ${hand.since ?? ""}`} className={styles.link}>
          <div className={styles.ends}>
            <End actor={hand.device} />
            <span aria-hidden="true">→</span>
            {hand.own ? (
              <End actor={hand.account} />
            ) : (
              <Link to={address(`/people/${encodeURIComponent(hand.person)}`)}>
                <End actor={hand.account} />
              </Link>
            )}
          </div>
          <small className={styles.because}>
            {hand.since ? t("handedSince", { time: format.stamp(hand.since) }) : t("handedFirst")}
            {hand.own && ` · ${t("handedOwn")}`}
          </small>
        </li>
      ))}
    </ul>
  );
}
