import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { PersonLink } from "@/api";
import { useFormat, useNames } from "@/shell";
import { Mark } from "@/ui";
import { End } from "./End";
import styles from "./identity.module.css";

/** One link: its ends, who said so and when, and why it is not in force if it is not. */
export function LinkLine({ link, children }: { link: PersonLink; children?: ReactNode }) {
  const off = !link.in_force;
  return (
    <li className={styles.link} data-off={off ? "" : undefined}>
      <div className={styles.ends}>
        <End actor={link.a} />
        <span aria-hidden="true">{link.rule === "undone" ? "⇹" : "↔"}</span>
        <End actor={link.b} />
        {children && <span className={styles.act}>{children}</span>}
      </div>
      <Because link={link} />
    </li>
  );
}

export function Because({ link }: { link: PersonLink }) {
  const { t } = useTranslation("identity");
  const format = useFormat();
  const names = useNames();
  const time = format.stamp(link.rule === "same_event" ? link.time : link.received);
  const key = link.rule === "manual" ? "manualOf" : link.rule === "undone" ? "undoneOf" : "linkOf";
  return (
    <small className={styles.because}>
      {t(key, { source: link.rule === "same_event" ? names.event(link.source) : link.source, time })}
      {link.why && ` · ${link.why}`}
      {link.confidence < 1 && ` · ${t("confidence", { value: link.confidence })}`}{" "}
      {!link.in_force && link.rule !== "undone" && <Refusal link={link} />}
    </small>
  );
}

export function Refusal({ link }: { link: PersonLink }) {
  const { t } = useTranslation("identity");
  const names = useNames();
  const text =
    link.reason === "over_limit"
      ? link.over
        ? t("reasons.over_limit", { type: names.identifier(link.over) })
        : t("reasons.over_limit_plain")
      : t(`reasons.${link.reason}`);
  return <Mark tone="warn">{text}</Mark>;
}
