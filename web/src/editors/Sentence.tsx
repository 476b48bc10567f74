import { Fragment } from "react";
import type { ReactNode } from "react";

/** A text whose `{marks}` are filled with elements: the order of words is the language's own. */
export function Sentence({ text, slots }: { text: string; slots: Record<string, ReactNode> }) {
  return (
    <>
      {text.split(/\{(\w+)\}/).map((part, at) => (
        <Fragment key={at}>{at % 2 === 0 ? part : slots[part]}</Fragment>
      ))}
    </>
  );
}

/** The same as plain text. */
export function sentence(text: string, slots: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (_, mark: string) => slots[mark] ?? "");
}
