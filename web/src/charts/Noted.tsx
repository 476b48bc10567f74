import { useContext, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNotes } from "@/api";
import type { Note } from "@/api";
import { Icon, Tooltip, useTheme } from "@/ui";
import { BareChart } from "./Chart";
import type { ChartProps, Places } from "./Chart";
import { daysOf, folded, placed, withMarks } from "./marks";
import type { Mark, MarkWords, TimeAxis } from "./marks";
import { NotesContext } from "./notes-context";
import type { Notes } from "./notes-context";

const NONE: Note[] = [];
/** Marks that would touch one another are one. */
const APART = 20;

/** A chart. One over time also shows what happened when: the project's notes, and days a shop knows. */
export function Chart({ time, ...rest }: ChartProps & { time?: TimeAxis | undefined }) {
  const notes = useContext(NotesContext);
  const days = useMemo(() => time && daysOf(time), [time]);
  return notes && time && days ? (
    <NotedChart {...rest} time={time} days={days} here={notes} />
  ) : (
    <BareChart {...rest} />
  );
}

function NotedChart({
  time,
  days,
  here,
  ...rest
}: ChartProps & { time: TimeAxis; days: { from: string; to: string }; here: Notes }) {
  const { option, compact = false } = rest;
  const { t } = useTranslation(["analyse", "notes"]);
  const { palette } = useTheme();
  const held = useNotes(here.project, days.from, days.to).data ?? NONE;
  const [places, setPlaces] = useState<Places | null>(null);
  const notes = useMemo(() => placed(held, time), [held, time]);
  const drawn = useMemo(() => {
    const words = { when: here.when, word: t as unknown as MarkWords["word"] };
    return withMarks(option, time, notes, { palette, compact, words });
  }, [option, time, notes, palette, compact, here.when, t]);
  const marks = useMemo(
    () => (places ? folded(notes, APART, (at) => places.across[at] ?? 0) : []),
    [notes, places],
  );
  return (
    <BareChart
      {...rest}
      option={drawn}
      buckets={notes.length > 0 ? time.starts.length : 0}
      onPlaces={(next) => setPlaces((now) => (JSON.stringify(now) === JSON.stringify(next) ? now : next))}
    >
      {places &&
        marks.map((mark) => <MarkButton key={mark.notes[0]?.id} mark={mark} here={here} places={places} />)}
    </BareChart>
  );
}

/** What stands on the axis where something happened: how much, what in a word, and all of it when pressed. */
function MarkButton({ mark: { at, notes }, here, places }: { mark: Mark; here: Notes; places: Places }) {
  const { t } = useTranslation("notes");
  const said = notes.map((note) => `${here.when(note)} ${note.text}`);
  return (
    <Tooltip
      title={said.map((line, index) => (
        <div key={notes[index]?.id}>{line}</div>
      ))}
    >
      <button
        type="button"
        className="tw-note-mark"
        style={{ left: places.across[at], top: places.bottom }}
        aria-label={t("mark", { count: notes.length, said: said.join("; ") })}
        onClick={() => here.show(notes)}
      >
        {notes.length > 1 ? notes.length : <Icon name="note" size={12} />}
      </button>
    </Tooltip>
  );
}
