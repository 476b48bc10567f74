import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Mark } from "@/shell/Mark";
import { LanguageSwitch, ThemeSwitch } from "@/shell/TopBar";
import styles from "./entry.module.css";

const WAVES = [0, 1, 2, 3, 4, 5, 6, 7];

/** The frame of sign-in and set-up. */
export function Door({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  const { t } = useTranslation(["entry", "shell"]);
  return (
    <div className={styles.door}>
      <div className={styles.side}>
        <div className={styles.brand}>
          <Mark size={26} />
          {t("shell:brand")}
        </div>
        <p className={styles.line}>{t("line")}</p>
        <svg
          className={styles.tide}
          viewBox="0 0 600 400"
          preserveAspectRatio="none"
          fill="none"
          stroke="currentColor"
          aria-hidden="true"
        >
          {WAVES.map((wave) => (
            <path
              key={wave}
              vectorEffect="non-scaling-stroke"
              d={`M-20 ${90 + wave * 38}C80 ${40 + wave * 40} 160 ${150 + wave * 34} 300 ${96 + wave * 38}S500 ${30 + wave * 42} 640 ${104 + wave * 36}`}
            />
          ))}
        </svg>
      </div>
      <div className={styles.panel}>
        <div className={styles.switches}>
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
        <main className={wide ? `${styles.form} ${styles.wide}` : styles.form}>{children}</main>
      </div>
    </div>
  );
}
