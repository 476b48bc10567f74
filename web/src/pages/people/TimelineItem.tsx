import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TimelineEvent } from "@/api";
import { useFormat, useNames } from "@/shell";
import { Pair } from "./Identity";
import styles from "./people.module.css";
import { useValueText } from "./value";

const TONES: Record<string, "accent" | "loss"> = { purchase: "accent", refund: "loss", sign_up: "accent" };
const TELLING = [
  "search_term",
  "coupon_id",
  "page",
  "page_title",
  "path",
  "slot_id",
  "live_id",
  "campaign",
  "store_id",
  "channel",
];

/** One event: time, name and the most telling detail; opens into everything that was sent. */
export function TimelineItem({ event }: { event: TimelineEvent }) {
  const { t } = useTranslation("people");
  const format = useFormat();
  const names = useNames();
  const text = useValueText();
  const [open, setOpen] = useState(false);
  const amount = event.properties.value ?? event.properties.refund_value;
  const goods = event.items.map((item) => String(item.item_name ?? item.item_id ?? "")).filter(Boolean);
  const telling = TELLING.find(
    (name) => event.properties[name] !== undefined && event.properties[name] !== null,
  );
  const detail =
    goods.length > 1
      ? `${goods[0]} ${t("items", { count: goods.length })}`
      : (goods[0] ?? (telling ? text(telling, event.properties[telling]) : ""));
  return (
    <details
      className={styles.event}
      data-tone={TONES[event.name]}
      onToggle={(toggled) => setOpen((toggled.target as HTMLDetailsElement).open)}
    >
      <summary>
        <time dateTime={event.time}>{format.clock(event.time, true)}</time>
        <span className={styles.what}>
          <b>{names.event(event.name)}</b>
          <span>{detail}</span>
        </span>
        <span className={styles.amount}>
          {typeof amount === "number" ? `${event.name === "refund" ? "−" : ""}${format.money(amount)}` : ""}
        </span>
      </summary>
      {open && (
        <div className={styles.detail}>
          <dl className={styles.facts}>
            <Pair term={t("as")}>
              <code>{event.actor}</code>
            </Pair>
            <Pair term={t("from")}>{names.source(event.source)}</Pair>
            {Object.entries(event.properties).map(([name, value]) => (
              <Pair key={name} term={names.property(name)}>
                {text(name, value)}
              </Pair>
            ))}
          </dl>
          {event.items.length > 0 && (
            <ul className={styles.items}>
              {event.items.map((item, index) => (
                <li key={index}>
                  <span>{String(item.item_name ?? item.item_id ?? "–")}</span>
                  <span>
                    {typeof item.price === "number" ? format.money(item.price) : ""}
                    {typeof item.quantity === "number" ? ` × ${item.quantity}` : ""}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </details>
  );
}
