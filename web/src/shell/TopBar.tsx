import { useTranslation } from "react-i18next";
import { useMatches, useNavigate } from "react-router";
import { useSignOut } from "@/api";
import type { Session } from "@/api";
import { speak } from "@/text";
import { Icon, Menu, useNotify, useTheme } from "@/ui";
import type { ThemeChoice } from "@/ui";
import { useLanguage } from "./format";
import { PaletteButton } from "./Palette";
import { PeriodPicker } from "./PeriodPicker";
import { useAddress, usePeriod, useProject } from "./place";
import styles from "./shell.module.css";

export function TopBar({ session }: { session: Session }) {
  const { t } = useTranslation("shell");
  const project = useProject();
  const go = useNavigate();
  const { compare, setCompare } = usePeriod();
  const shows = useShown();
  return (
    <div className={styles.bar}>
      <Menu
        trigger={["click"]}
        menu={{
          selectedKeys: [project.id],
          items: session.projects.map((each) => ({ key: each.id, label: each.name })),
          onClick: ({ key }) => void go(`/p/${encodeURIComponent(key)}/home`),
        }}
      >
        <button type="button" className={`${styles.quiet} ${styles.project}`} aria-label={t("project")}>
          <span>{project.name}</span>
          <Icon name="down" size={12} />
        </button>
      </Menu>
      <div className={styles.spring} />
      <PaletteButton />
      {shows.period && <PeriodPicker />}
      {shows.compare && (
        <button
          type="button"
          className={styles.quiet}
          aria-pressed={compare === "previous"}
          onClick={() => setCompare(compare === "previous" ? "off" : "previous")}
          title={t("compareHint")}
        >
          <Icon name="compare" />
          <span className={styles.wideOnly}>{t("compare")}</span>
        </button>
      )}
      <LanguageSwitch />
      <span className={styles.wideOnly}>
        <ThemeSwitch />
      </span>
      <Account session={session} />
    </div>
  );
}

/** Which of the switches that travel matter on this page; a route says so in its handle. */
export interface Shows {
  period?: boolean;
  compare?: boolean;
}
function useShown(): Shows {
  return Object.assign({}, ...useMatches().map((match) => match.handle)) as Shows;
}

export function LanguageSwitch() {
  const { t } = useTranslation("shell");
  const language = useLanguage();
  return (
    <button
      type="button"
      className={styles.quiet}
      onClick={() => void speak(language === "en" ? "zh-CN" : "en")}
      aria-label={t("switchLanguage")}
      title={t("switchLanguage")}
    >
      {t("otherLanguage")}
    </button>
  );
}

export function ThemeSwitch() {
  const { t } = useTranslation("shell");
  const { choice, name, choose } = useTheme();
  return (
    <Menu
      trigger={["click"]}
      menu={{
        selectedKeys: [choice],
        items: [
          { key: "light", label: t("theme.light"), icon: <Icon name="sun" /> },
          { key: "dark", label: t("theme.dark"), icon: <Icon name="moon" /> },
          { key: "system", label: t("theme.system"), icon: <Icon name="screen" /> },
        ],
        onClick: ({ key }) => choose(key as ThemeChoice),
      }}
    >
      <button type="button" className={styles.quiet} aria-label={t("theme.title")} title={t("theme.title")}>
        <Icon name={name === "dark" ? "moon" : "sun"} />
      </button>
    </Menu>
  );
}

function Account({ session }: { session: Session }) {
  const { t } = useTranslation("shell");
  const signOut = useSignOut();
  const { message } = useNotify();
  const address = useAddress();
  const go = useNavigate();
  return (
    <Menu
      trigger={["click"]}
      menu={{
        items: [
          { key: "who", label: session.user.email, disabled: true },
          { key: "me", label: t("me"), icon: <Icon name="user" /> },
          { key: "out", label: t("signOut"), icon: <Icon name="signout" /> },
        ],
        onClick: ({ key }) => {
          if (key === "me") void go(address("/settings/me"));
          if (key === "out")
            signOut.mutate(undefined, { onError: (error) => void message.error(error.message) });
        },
      }}
    >
      <button type="button" className={styles.quiet} aria-label={t("account")}>
        <Icon name="user" />
        <span className={styles.wideOnly}>{session.user.name}</span>
      </button>
    </Menu>
  );
}
