import { useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { useSay } from "./context";
import { moved } from "./question";
import styles from "./editors.module.css";

/** Things in a row that can be put in another order: dragged, or moved with Alt and the arrows. */
export function Sortable<T>({
  items,
  onChange,
  render,
  between,
}: {
  items: readonly T[];
  onChange: (items: T[]) => void;
  render: (item: T, at: number) => ReactNode;
  between?: ReactNode;
}) {
  const say = useSay();
  const [from, setFrom] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [told, setTold] = useState("");
  const move = (start: number, end: number) => {
    if (end < 0 || end >= items.length || end === start) return;
    onChange(moved(items, start, end));
    setTold(say("sort.moved", { n: end + 1, of: items.length }));
  };
  const onKeyDown = (at: number) => (event: KeyboardEvent) => {
    const way = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!way || !event.altKey) return;
    event.preventDefault();
    const row = event.currentTarget.parentElement?.parentElement;
    move(at, at + way);
    requestAnimationFrame(() => {
      const items = row?.querySelectorAll<HTMLElement>(":scope > span > [draggable]");
      items?.[Math.max(0, Math.min(items.length - 1, at + way))]?.querySelector("button")?.focus();
    });
  };
  return (
    <>
      {items.map((item, at) => (
        <span key={at} className={styles.sortable}>
          {at > 0 && between}
          {/* The button inside is what is focused; the wrapper only hears its keys and drags. */}
          {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
          <span
            draggable={items.length > 1}
            data-over={
              over === at && from !== null && from !== at ? (from < at ? "after" : "before") : undefined
            }
            data-dragged={from === at || undefined}
            className={styles.sortItem}
            onKeyDown={onKeyDown(at)}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = "move";
              event.dataTransfer.setData("text/plain", String(at));
              setFrom(at);
            }}
            onDragOver={(event) => {
              if (from === null) return;
              event.preventDefault();
              setOver(at);
            }}
            onDrop={(event) => {
              event.preventDefault();
              if (from !== null) move(from, at);
            }}
            onDragEnd={() => {
              setFrom(null);
              setOver(null);
            }}
          >
            {render(item, at)}
          </span>
        </span>
      ))}
      <span className="tw-hidden" role="status">
        {told}
      </span>
    </>
  );
}
