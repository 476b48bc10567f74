import { useNames } from "@/shell";
import styles from "./identity.module.css";

/** One identifier: what kind, and its value. */
export function End({ actor }: { actor: string }) {
  const names = useNames();
  const cut = actor.indexOf(":");
  return (
    <span className={styles.end}>
      <em>{names.identifier(actor.slice(0, cut))}</em> {actor.slice(cut + 1)}
    </span>
  );
}
