import { useId, useMemo, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { Input } from "@/ui";
import { useSay } from "./context";
import styles from "./editors.module.css";

export interface Choice {
  key: string;
  title: string;
  /** What else finds it: its technical name. */
  name?: string;
  group: string;
  side?: ReactNode;
}

function finds(choice: Choice, words: readonly string[]): boolean {
  const text = `${choice.title} ${choice.name ?? ""}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** A searchable list in groups. Arrows move, Enter takes, typing narrows. */
export function PickList({
  choices,
  value,
  onPick,
  placeholder,
}: {
  choices: readonly Choice[];
  value?: string | undefined;
  onPick: (key: string) => void;
  placeholder: string;
}) {
  const say = useSay();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState("");
  const shown = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return words.length === 0 ? choices : choices.filter((choice) => finds(choice, words));
  }, [choices, text]);
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      choices.findIndex((choice) => choice.key === value),
    ),
  );
  const active = Math.min(at, shown.length - 1);
  const move = (next: number) => {
    const bounded = Math.max(0, Math.min(shown.length - 1, next));
    setAt(bounded);
    list.current?.querySelectorAll("[role=option]")[bounded]?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) {
      event.preventDefault();
      move(active + step);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      const choice = shown[active];
      if (choice) onPick(choice.key);
    }
  };
  return (
    <div className={styles.pick}>
      <Input
        data-autofocus
        value={text}
        placeholder={placeholder}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        role="combobox"
        aria-expanded="false"
        aria-controls={id}
        aria-activedescendant={shown[active] ? `${id}-${active}` : undefined}
        aria-autocomplete="list"
        allowClear
      />
      <div ref={list} id={id} role="listbox" aria-label={placeholder} className={styles.pickList}>
        {shown.length === 0 && <p className={styles.nothing}>{say("pick.nothing", { text })}</p>}
        {shown.map((choice, index) => (
          <div key={choice.key} role="presentation">
            {choice.group !== shown[index - 1]?.group && (
              <div className={styles.pickGroup}>{choice.group}</div>
            )}
            {/* Keys are heard by the search field, which keeps the focus. */}
            {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus */}
            <div
              id={`${id}-${index}`}
              role="option"
              aria-selected={choice.key === value}
              data-active={index === active}
              className={styles.choice}
              onClick={() => onPick(choice.key)}
              onMouseMove={() => setAt(index)}
            >
              <span className={styles.choiceTitle}>{choice.title}</span>
              {choice.name && choice.name !== choice.title && (
                <code className={styles.choiceName}>{choice.name}</code>
              )}
              <span className={styles.choiceSide}>{choice.side}</span>
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
