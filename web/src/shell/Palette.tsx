import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { usePeople, useSchema } from "@/api";
import { speak } from "@/text";
import { Icon, Modal, useTheme } from "@/ui";
import type { IconName } from "@/ui";
import { useLanguage } from "./format";
import { useNames } from "./names";
import styles from "./palette.module.css";
import { useAddress, useProject } from "./place";
import { usePlaces } from "./places";
import bar from "./shell.module.css";

const SHORTCUT = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘K" : "Ctrl K";

interface Entry {
  key: string;
  label: string;
  detail: string;
  icon: IconName;
  run: () => void;
}

export function PaletteButton() {
  const { t } = useTranslation("shell");
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setOpen((before) => !before);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <button type="button" className={bar.seek} onClick={() => setOpen(true)} aria-label={t("palette.open")}>
        <Icon name="search" size={14} />
        <span>{t("palette.button")}</span>
        <kbd>{SHORTCUT}</kbd>
      </button>
      <Modal
        open={open}
        onCancel={() => setOpen(false)}
        footer={null}
        closable={false}
        width={560}
        destroyOnHidden
        style={{ top: 80 }}
      >
        {open && <Palette close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

/** Finds any page, event or person, and runs commands, by keyboard alone. */
function Palette({ close }: { close: () => void }) {
  const { t } = useTranslation("shell");
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const entries = useEntries(text, close);
  const chosen = Math.min(at, Math.max(0, entries.length - 1));
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  return (
    <div>
      <input
        className={styles.input}
        autoFocus
        value={text}
        placeholder={t("palette.placeholder")}
        aria-label={t("palette.open")}
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={entries[chosen] ? `palette-${entries[chosen].key}` : undefined}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(chosen + 1, entries.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
          else if (event.key === "Enter" && !event.nativeEvent.isComposing) entries[chosen]?.run();
          else return;
          event.preventDefault();
        }}
      />
      <ul id="palette-list" ref={list} className={styles.list} role="listbox" aria-label={t("palette.open")}>
        {entries.map((entry, index) => (
          // Keys are handled by the input that keeps the focus.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={entry.key}
            id={`palette-${entry.key}`}
            role="option"
            aria-selected={index === chosen}
            className={styles.entry}
            onMouseMove={() => setAt(index)}
            onClick={entry.run}
          >
            <Icon name={entry.icon} />
            <span>{entry.label}</span>
            <em>{entry.detail}</em>
          </li>
        ))}
        {entries.length === 0 && <li className={styles.none}>{t("palette.nothing")}</li>}
      </ul>
    </div>
  );
}

function useEntries(text: string, close: () => void): Entry[] {
  const { t } = useTranslation("shell");
  const address = useAddress();
  const go = useNavigate();
  const language = useLanguage();
  const { name: theme, choose } = useTheme();
  const project = useProject();
  const schema = useSchema(project.id);
  const names = useNames();
  const places = usePlaces();
  const wanted = text.trim().toLowerCase();
  const people = usePeople(project.id, wanted.length >= 2 ? wanted : "");

  return useMemo(() => {
    const visit = (path: string, query?: Record<string, string>) => () => {
      close();
      void go(address(path, query));
    };
    const pages: Entry[] = [
      ...places.flatMap((group) => group.places),
      { key: "me", path: "/settings/me", icon: "user", title: t("me") } as const,
    ].map((place) => ({
      key: place.key,
      label: place.title,
      detail: t("palette.page"),
      icon: place.icon,
      run: visit(place.path),
    }));
    const commands: Entry[] = [
      {
        key: "language",
        label: t("switchLanguage"),
        detail: t("palette.command"),
        icon: "language",
        run: () => {
          close();
          void speak(language === "en" ? "zh-CN" : "en");
        },
      },
      {
        key: "theme",
        label: t(theme === "dark" ? "palette.toLight" : "palette.toDark"),
        detail: t("palette.command"),
        icon: theme === "dark" ? "sun" : "moon",
        run: () => {
          close();
          choose(theme === "dark" ? "light" : "dark");
        },
      },
    ];
    const matches = (entry: Entry) => `${entry.label} ${entry.key}`.toLowerCase().includes(wanted);
    if (!wanted) return [...pages, ...commands];
    const events: Entry[] = (schema.data?.events ?? []).map((event) => ({
      key: `event-${event.name}`,
      label: names.event(event.name),
      detail: `${t("palette.event")} ${event.name}`,
      icon: "book",
      run: visit("/data/dictionary", { event: event.name }),
    }));
    const found: Entry[] = (
      people.isPlaceholderData || wanted.length < 2 ? [] : (people.data?.pages[0]?.people ?? [])
    )
      .slice(0, 6)
      .map((person) => ({
        key: `person-${person.id}`,
        label: person.name ?? person.identifiers[0]?.value ?? person.id,
        detail: t("palette.person"),
        icon: "user",
        run: visit(`/people/${encodeURIComponent(person.id)}`),
      }));
    return [...[...pages, ...commands, ...events].filter(matches).slice(0, 12), ...found];
  }, [
    wanted,
    t,
    address,
    go,
    language,
    theme,
    choose,
    schema.data,
    names,
    places,
    people.data,
    people.isPlaceholderData,
    close,
  ]);
}
