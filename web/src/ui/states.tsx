import type { CSSProperties, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./controls";
import { Icon } from "./icons";
import styles from "./states.module.css";

/** A grey bar where text or a chart will come. */
export function Bone({
  w = "100%",
  h = 12,
  style,
}: {
  w?: number | string;
  h?: number | string;
  style?: CSSProperties;
}) {
  return <span className={styles.bone} style={{ width: w, height: h, ...style }} aria-hidden="true" />;
}

/** A word to whoever has waited for some seconds; nothing before. */
export function Slow() {
  const { t } = useTranslation();
  return <p className={styles.slow}>{t("slow")}</p>;
}

/** Rows of a table that is being fetched. */
export function BoneRows({ rows = 6 }: { rows?: number }) {
  return (
    <div className={styles.rows} role="status" aria-busy="true">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} style={{ display: "flex", gap: 24 }}>
          <Bone w={`${28 + ((row * 13) % 22)}%`} h={12} />
          <Bone w="14%" h={12} />
          <Bone w={`${10 + ((row * 7) % 9)}%`} h={12} style={{ marginLeft: "auto" }} />
        </div>
      ))}
      <Slow />
    </div>
  );
}

/** Nothing here yet: what this place is for and the one button that fills it. */
export function Empty({
  title,
  children,
  action,
}: {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <p className={styles.emptyTitle}>{title}</p>
      {children && <div className={styles.emptyText}>{children}</div>}
      {action}
    </div>
  );
}

export interface ProblemTexts {
  retry: string;
  got: string;
}
/** What happened, what was got, what to do, and the code to search for. Use `<Failed>` of the shell. */
export function ProblemNote({
  message,
  hint,
  code,
  got,
  retry,
  texts,
}: {
  message: string;
  hint?: string | null;
  code: string;
  got?: string | null;
  retry?: () => void;
  texts: ProblemTexts;
}) {
  return (
    <div className={styles.problem} role="alert">
      <Icon name="warning" />
      <p className={styles.problemMessage}>{message}</p>
      {got && (
        <p className={styles.problemGot}>
          {texts.got} <code>{got}</code>
        </p>
      )}
      {hint && <p className={styles.problemHint}>{hint}</p>}
      <div className={styles.problemFoot}>
        <code>{code}</code>
        {retry && (
          <Button size="small" onClick={retry}>
            {texts.retry}
          </Button>
        )}
      </div>
    </div>
  );
}

export type Tone = "plain" | "accent" | "loss" | "warn";
/** A small word that marks a state. */
export function Mark({
  tone = "plain",
  children,
  title,
}: {
  tone?: Tone;
  children: ReactNode;
  title?: string;
}) {
  return (
    <span className={styles.tag} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
