import { Fragment } from "react";
import type { Comparison, Period } from "@/api/questions";
import { CompareEditor, peopleWords, periodWords, useEditing, Word } from "@/editors";
import type { Editing } from "@/editors";
import { withAt } from "@/editors/question";

const MOST = 4;

interface Props {
  value: readonly Comparison[];
  period: Period;
  onChange: (compare: Comparison[]) => void;
}

/** What an answer is set against, each a word; the first `shown` of them. */
export function CompareWords({ shown, ...props }: Props & { shown: number }) {
  const editing = useEditing();
  return props.value.slice(0, shown).map((comparison, at) => (
    <Fragment key={at}>
      {at > 0 && editing.say("join.list")}
      <Word label={comparisonWords(comparison, editing)} title={editing.say("compare.title")}>
        {(close) => <Editor {...props} at={at} close={close} />}
      </Word>
    </Fragment>
  ));
}

/** A place to add one. It stays where it was begun, at `adding`, until its editor closes. */
export function AddCompare({
  adding,
  onAdding,
  ...props
}: Props & { adding: number | null; onAdding: (at: number | null) => void }) {
  const editing = useEditing();
  const { value } = props;
  const at = adding ?? value.length;
  if (at >= MOST) return null;
  const begun = adding === null ? undefined : value[adding];
  const words = editing.say(at === 0 ? "tail.add_compare" : "tail.add_more_compare");
  return (
    <Word
      tone="add"
      label={begun ? comparisonWords(begun, editing) : words}
      title={editing.say("compare.title")}
      onToggle={(open) => onAdding(open ? value.length : null)}
    >
      {(close) => <Editor {...props} at={at} close={close} />}
    </Word>
  );
}

function Editor({ value, period, onChange, at, close }: Props & { at: number; close: () => void }) {
  return (
    <CompareEditor
      value={value[at] ?? null}
      period={period}
      others={value.filter((_, place) => place !== at)}
      onChange={(next) =>
        onChange(at < value.length ? withAt(value, at, next) : next ? [...value, next] : [...value])
      }
      onDone={close}
    />
  );
}

function comparisonWords(comparison: Comparison, editing: Editing): string {
  const { say } = editing;
  if (comparison.people) {
    return peopleWords(comparison.people, editing) || say("compare.people_word");
  }
  const { period } = comparison;
  return !period || period === "previous" ? say("compare.previous_word") : periodWords(period, editing);
}
