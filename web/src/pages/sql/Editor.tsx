import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { sql, StandardSQL } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import type { DecorationSet } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useImperativeHandle, useRef } from "react";
import type { Ref } from "react";
import styles from "./sql.module.css";

export interface EditorHandle {
  /** Puts a text where the cursor is. */
  insert: (text: string) => void;
  focus: () => void;
}

interface Props {
  value: string;
  onChange: (value: string) => void;
  onRun: () => void;
  /** Columns by table, for completion. */
  tables: Record<string, string[]>;
  /** Where a mistake is, from 1. */
  mark: { line: number; column: number } | null;
  label: string;
  hint: string;
  handle: Ref<EditorHandle>;
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--series-2, var(--ink-2))" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--series-3, var(--ink-2))" },
  { tag: [tags.lineComment, tags.blockComment], color: "var(--ink-3)", fontStyle: "italic" },
]);

const setMark = StateEffect.define<number | null>();
const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (held, change) => {
    let next = held.map(change.changes);
    for (const effect of change.effects) {
      if (!effect.is(setMark)) continue;
      const at = effect.value;
      next = at === null ? Decoration.none : Decoration.set([wrong.range(at, wordEnd(change.state, at))]);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});
const wrong = Decoration.mark({ class: styles.wrong! });

function wordEnd(state: EditorState, at: number): number {
  const rest = state.sliceDoc(at, Math.min(at + 80, state.doc.length));
  return at + Math.max(1, /^\w+/.exec(rest)?.[0].length ?? 1);
}

const language = new Compartment();
function dialect(tables: Record<string, string[]>) {
  return sql({ dialect: StandardSQL, schema: tables, upperCaseKeywords: false });
}

/** The text of a query: line numbers, completion, Tab indents, ⌘↵ runs. */
export default function Editor({ value, onChange, onRun, tables, mark, label, hint, handle }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const calls = useRef({ onChange, onRun });
  const first = useRef({ value, tables, label, hint });
  useEffect(() => {
    calls.current = { onChange, onRun };
  }, [onChange, onRun]);

  useEffect(() => {
    const run = (editor: EditorView) => {
      closeCompletion(editor);
      calls.current.onRun();
      return true;
    };
    const made = new EditorView({
      parent: box.current!,
      state: EditorState.create({
        doc: first.current.value,
        extensions: [
          keymap.of([
            { key: "Mod-Enter", run },
            ...closeBracketsKeymap,
            ...defaultKeymap,
            ...historyKeymap,
            ...completionKeymap,
            indentWithTab,
          ]),
          lineNumbers(),
          highlightActiveLineGutter(),
          highlightActiveLine(),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          autocompletion(),
          language.of(dialect(first.current.tables)),
          syntaxHighlighting(colours),
          placeholder(first.current.hint),
          marked,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": first.current.label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) calls.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    const held = view.current;
    if (held && held.state.doc.toString() !== value) {
      held.dispatch({ changes: { from: 0, to: held.state.doc.length, insert: value } });
    }
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({ effects: language.reconfigure(dialect(tables)) });
  }, [tables]);

  useEffect(() => {
    const held = view.current;
    if (!held) return;
    const line = mark && mark.line <= held.state.doc.lines ? held.state.doc.line(mark.line) : null;
    const at = line && mark ? Math.min(line.from + mark.column - 1, line.to) : null;
    const inside = at !== null && at < held.state.doc.length ? at : null;
    held.dispatch({ effects: setMark.of(inside) });
  }, [mark]);

  useImperativeHandle(handle, () => ({
    insert: (text) => {
      const held = view.current;
      if (!held) return;
      held.dispatch(held.state.replaceSelection(text), { scrollIntoView: true });
      held.focus();
    },
    focus: () => view.current?.focus(),
  }));

  return <div ref={box} className={styles.editor} />;
}
