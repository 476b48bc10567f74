import { useState } from "react";
import type { Asked as AskedParams, Breakdown, Comparison, Period } from "@/api/questions";
import {
  BreakdownEditor,
  breakdownWords,
  ConditionTree,
  PeopleEditor,
  peopleWords,
  PeriodEditor,
  periodWords,
  Sentence,
  testsWords,
  useEditing,
  Word,
} from "@/editors";
import { MOMENTS, momentSize } from "@/format/moments";
import { NumberInput } from "@/ui";
import { AddCompare, CompareWords } from "./CompareWords";
import { CountedWord } from "./CountedWord";
import styles from "./analyse.module.css";

interface Props<P extends AskedParams> {
  params: P;
  onChange: (params: P) => void;
}

export function PeriodWord<P extends AskedParams>({ params, onChange }: Props<P>) {
  const editing = useEditing();
  const period: Period = params.period ?? { last: 30 };
  return (
    <Word label={periodWords(period, editing)} title={editing.say("period_editor.title")}>
      {(close) => (
        <PeriodEditor
          value={period}
          onChange={(next) => onChange({ ...params, period: next })}
          onDone={close}
        />
      )}
    </Word>
  );
}

export function PeopleWord<P extends AskedParams>({ params, onChange }: Props<P>) {
  const editing = useEditing();
  const { say } = editing;
  const { people } = params;
  const words = peopleWords(people, editing);
  return (
    <Word label={words || say("people.everyone")} title={say("people.title")}>
      {(close) => (
        <PeopleEditor
          value={people ?? null}
          onChange={(next) => onChange({ ...params, people: next })}
          onDone={close}
        />
      )}
    </Word>
  );
}

/** By what an answer is split, and how many values are named. */
export function SplitWord<P extends AskedParams>({
  params,
  onChange,
  events,
  onToggle,
}: Props<P> & { events: string[]; onToggle?: (open: boolean) => void }) {
  const editing = useEditing();
  const { say } = editing;
  const breakdowns = params.breakdowns ?? [];
  return (
    <Word
      onToggle={onToggle}
      tone={breakdowns.length > 0 ? "word" : "add"}
      label={
        breakdowns.length > 0
          ? breakdowns.map((breakdown: Breakdown) => breakdownWords(breakdown, editing)).join(" × ")
          : say("tail.add_split")
      }
      title={say("tail.split_title")}
    >
      {() => (
        <>
          <BreakdownEditor
            value={breakdowns}
            events={events}
            onChange={(next) => onChange({ ...params, breakdowns: next, top: topFor(next, params.top) })}
          />
          {breakdowns.length > 0 && (
            <label className={styles.top}>
              {say("tail.top")}
              <NumberInput
                size="small"
                style={{ width: 64 }}
                min={1}
                max={200}
                value={params.top ?? 10}
                onChange={(top) => top && onChange({ ...params, top: Number(top) })}
              />
            </label>
          )}
        </>
      )}
    </Word>
  );
}

/** Enough named values for every hour or weekday of a split by them; what was set otherwise. */
function topFor(breakdowns: readonly Breakdown[], top: number | undefined): number {
  const [only] = breakdowns;
  const all = breakdowns.length === 1 && only && only.property in MOMENTS ? momentSize(only.property) : 0;
  return Math.max(top ?? 10, all);
}

/** The end of every question: filters of all events, the split, what it is compared with. */
export function Tail<P extends AskedParams>({
  params,
  onChange,
  events,
  splits = true,
  children,
}: Props<P> & {
  events: string[];
  /** False where the sentence says itself what the answer is split by. */
  splits?: boolean;
  children?: React.ReactNode;
}) {
  const editing = useEditing();
  const { say } = editing;
  const filters = params.filters ?? [];
  const breakdowns = params.breakdowns ?? [];
  const filterWords = testsWords(filters, editing);
  // A part that is being written stays where its editor was opened until that closes.
  const [adding, setAdding] = useState<string | null>(null);
  const [addingTo, setAddingTo] = useState<number | null>(null);
  const placed = (name: string, has: boolean) => ({
    inSentence: has && adding !== name,
    onToggle: (open: boolean) => setAdding(open && !has ? name : null),
  });
  const at = {
    filter: placed("filter", filterWords !== ""),
    split: placed("split", breakdowns.length > 0),
  };
  const filter = (
    <Word
      onToggle={at.filter.onToggle}
      tone={filterWords ? "word" : "add"}
      label={filterWords || say("tail.add_filter")}
      title={say("tail.filter_title")}
    >
      {() => (
        <ConditionTree
          tests={filters}
          scopes={["event", "item"]}
          events={events}
          onChange={(next) => onChange({ ...params, filters: next })}
        />
      )}
    </Word>
  );
  const split = (
    <SplitWord params={params} onChange={onChange} events={events} onToggle={at.split.onToggle} />
  );
  const comparing = {
    value: params.compare ?? [],
    period: params.period ?? { last: 30 },
    onChange: (next: Comparison[]) => onChange({ ...params, compare: next }),
  };
  const compared = addingTo ?? comparing.value.length;
  const set = [
    at.filter.inSentence && <Sentence key="filter" text={say("tail.filter")} slots={{ filter }} />,
    splits && at.split.inSentence && <Sentence key="split" text={say("tail.split")} slots={{ split }} />,
    compared > 0 && (
      <Sentence
        key="compare"
        text={say("tail.compare")}
        slots={{ compare: <CompareWords {...comparing} shown={compared} /> }}
      />
    ),
  ].filter(Boolean);
  return (
    <>
      {set.map((part, at) => (
        <span key={at}>
          {say("join.sentence")}
          {part}
        </span>
      ))}
      <span className={styles.adds}>
        {children}
        {!at.filter.inSentence && filter}
        {splits && !at.split.inSentence && split}
        <AddCompare {...comparing} adding={addingTo} onAdding={setAddingTo} />
        <CountedWord params={params} onChange={onChange} />
      </span>
    </>
  );
}
