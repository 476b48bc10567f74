import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { pickingToken } from "@/api";
import { useProject } from "@/shell";
import { Button, Icon, Input, Section, useNotify } from "@/ui";
import styles from "./data.module.css";
import { readPointed, withToken } from "./picking";
import type { Pointed } from "./picking";

const EXAMPLE = "https://shop.example.com/goods";

/** Opens a page of the shop with the picker over it, and hears what is picked there. */
export function PickOnPage({ picked }: { picked: (pointed: Pointed) => void }) {
  const { t } = useTranslation("data");
  const project = useProject().id;
  const { message } = useNotify();
  const [address, setAddress] = useState(() => localStorage.getItem(`tw.pick.${project}`) ?? "");
  const [state, setState] = useState<"closed" | "opening" | "open">("closed");
  const opened = useRef<Window | null>(null);
  useEffect(() => {
    const hear = (event: MessageEvent<unknown>) => {
      if (!opened.current || event.source !== opened.current) return;
      const pointed = readPointed(event.data);
      setState("open");
      if (!pointed) return;
      window.focus();
      picked(pointed);
    };
    window.addEventListener("message", hear);
    return () => window.removeEventListener("message", hear);
  }, [picked]);
  const open = async () => {
    if (withToken(address, "") === null) {
      void message.error(t("picks.noAddress"));
      return;
    }
    // At once, while the click is fresh: browsers open no window later.
    opened.current = window.open("about:blank", "tidewheel-picking");
    try {
      const { token } = await pickingToken(project);
      const target = withToken(address, token);
      if (!opened.current || !target) throw new Error(t("picks.blocked"));
      localStorage.setItem(`tw.pick.${project}`, address);
      opened.current.location.href = target;
      setState("opening");
    } catch (error) {
      opened.current?.close();
      void message.error(error instanceof Error ? error.message : t("picks.blocked"));
    }
  };
  return (
    <Section title={t("picks.onPage")} note={t("picks.onPageNote")}>
      <form
        className={styles.toolbar}
        onSubmit={(event) => {
          event.preventDefault();
          void open();
        }}
      >
        <Input
          value={address}
          onChange={(event) => setAddress(event.target.value)}
          prefix={<Icon name="link" size={14} />}
          placeholder={EXAMPLE}
          aria-label={t("picks.address")}
          style={{ maxWidth: 460 }}
        />
        <Button type="primary" htmlType="submit" disabled={!address.trim()}>
          {t("picks.open")}
        </Button>
      </form>
      {state !== "closed" && (
        <p className={styles.state} data-on={state === "open" ? "" : undefined} aria-live="polite">
          {t(state === "open" ? "picks.connected" : "picks.opening")}
        </p>
      )}
    </Section>
  );
}
