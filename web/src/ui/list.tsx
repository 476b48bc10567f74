import type { ReactNode } from "react";
import styles from "./list.module.css";

/** A plain table under hairlines. Cells take `data-right`, `data-tight`, and `data-wide` (hidden on a phone). */
export function List({ head, children, label }: { head: ReactNode; children: ReactNode; label: string }) {
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
