import { useCallback, useEffect, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { Drawer, Popover } from "@/ui";
import { useNarrow } from "./narrow";
import styles from "./editors.module.css";

const FOCUSABLE =
  'input:not([disabled]), button:not([disabled]), select, textarea, a[href], [tabindex]:not([tabindex="-1"])';

/** Keeps the focus inside, closes on Escape. */
function Panel({ title, close, children }: { title: string; close: () => void; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const timer = requestAnimationFrame(() => {
      const first =
        box.current?.querySelector<HTMLElement>("[data-autofocus]") ??
        box.current?.querySelector<HTMLElement>(FOCUSABLE);
      first?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(timer);
  }, []);
  // A control that goes away while it is used leaves the focus here, not outside.
  const onBlur = () =>
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) box.current?.focus({ preventScroll: true });
    });
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (event.key === "Escape") {
      if (target.getAttribute("aria-expanded") === "true") return;
      event.stopPropagation();
      close();
    }
    if (event.key !== "Tab" || !box.current?.contains(target)) return;
    const all = [...box.current.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((node) => node.offsetParent);
    const edge = event.shiftKey ? all[0] : all.at(-1);
    if (target === edge) {
      event.preventDefault();
      (event.shiftKey ? all.at(-1) : all[0])?.focus();
    }
  };
  return (
    // The keys are those of the controls inside; the dialog only hears them pass.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={box}
      role="dialog"
      aria-label={title}
      tabIndex={-1}
      className={styles.panel}
      onKeyDown={onKeyDown}
      onBlur={onBlur}
    >
      <div className={styles.panelTitle}>{title}</div>
      {children}
    </div>
  );
}

/** A bold word of the question. Pressing it opens its editor: beside it, or from below on a phone. */
export function Word({
  label,
  title,
  children,
  tone = "word",
  startOpen = false,
  onToggle,
}: {
  label: ReactNode;
  title: string;
  children: (close: () => void) => ReactNode;
  tone?: "word" | "add" | "plain" | "chip";
  startOpen?: boolean;
  /** Told when the editor opens and closes. */
  onToggle?: (open: boolean) => void;
}) {
  const [open, setOpen] = useState(startOpen);
  const narrow = useNarrow();
  const button = useRef<HTMLButtonElement>(null);
  const change = useCallback(
    (next: boolean) => {
      setOpen(next);
      onToggle?.(next);
    },
    [onToggle],
  );
  // The focus goes back to the word when its editor closes.
  const was = useRef(open);
  useEffect(() => {
    if (was.current && !open) button.current?.focus({ preventScroll: true });
    was.current = open;
  }, [open]);
  const close = useCallback(() => change(false), [change]);
  const face = (
    <button
      ref={button}
      type="button"
      className={styles.word}
      data-tone={tone}
      aria-haspopup="dialog"
      aria-expanded={open}
      title={title}
      onClick={narrow ? () => change(true) : undefined}
    >
      {label}
    </button>
  );
  const panel = open ? (
    <Panel title={title} close={close}>
      {children(close)}
    </Panel>
  ) : null;
  if (narrow) {
    return (
      <>
        {face}
        <Drawer
          open={open}
          onClose={close}
          placement="bottom"
          size="auto"
          closable={false}
          destroyOnHidden
          styles={{ body: { padding: 16, maxHeight: "82dvh" }, section: { borderRadius: "12px 12px 0 0" } }}
        >
          {panel}
        </Drawer>
      </>
    );
  }
  return (
    <Popover
      open={open}
      onOpenChange={change}
      trigger="click"
      placement="bottomLeft"
      arrow={false}
      destroyOnHidden
      content={<>{panel}</>}
      styles={{ container: { padding: 12 } }}
    >
      {face}
    </Popover>
  );
}
