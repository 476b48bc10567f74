import { useEffect } from "react";
import type { ReactNode } from "react";
import styles from "./page.module.css";

/** A page: its title, a sentence of what it is for, what can be done, and the content. */
export function Page({
  title,
  lead,
  actions,
  children,
  tabTitle,
}: {
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  tabTitle?: string;
}) {
  const name = tabTitle ?? (typeof title === "string" ? title : undefined);
  useEffect(() => {
    document.title = name ? `${name} · Tidewheel` : "Tidewheel";
  }, [name]);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className={styles.titles}>
          <h1 className={styles.title}>{title}</h1>
          {lead && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page under a hairline. */
export function Section({
  title,
  note,
  extra,
  children,
  className,
}: {
  title: ReactNode;
  note?: ReactNode;
  extra?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={className ? `${styles.section} ${className}` : styles.section}>
      <div className={styles.sectionHead}>
        <h2 className={styles.sectionTitle}>{title}</h2>
        {note && <span className={styles.sectionNote}>{note}</span>}
        {extra && <div className={styles.sectionExtra}>{extra}</div>}
      </div>
      {children}
    </section>
  );
}
