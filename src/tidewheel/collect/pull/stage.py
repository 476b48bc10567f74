"""Reading a place once: batch after batch is kept, and only then is the cursor moved on.

Whatever is cut off between the two is read again, and what is read again adds nothing: an event's id comes
from its row, so the order of crashes and repeats cannot change the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, Final

from tidewheel.collect.contract import Arrival
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.run import Progress, Sink, prepare, run_table
from tidewheel.collect.files.summary import Summary
from tidewheel.collect.pull.contract import Batch, Cursor
from tidewheel.core.errors import BadInput, TidewheelError

MOST_PROBLEMS: Final = 50


@dataclass(frozen=True, slots=True)
class Job:
    """What the rows are, and where they go. ``sink`` opens one that is closed when a batch is kept."""

    kind: str
    mapping: Mapping
    arrival: Arrival
    sink: Callable[[], Kept]


@dataclass(frozen=True, slots=True)
class Kept:
    """A sink for one batch; ``finish`` returns once all is durable, with how many events were new."""

    sink: Sink
    finish: Callable[[], int | None]


@dataclass(slots=True)
class Tally:
    """What a run did. ``failed`` are batches that could not be read at all: (label, reason)."""

    batches: int = 0
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    skipped: int = 0
    facts: int = 0
    duplicates: int = 0
    reached: int | None = None
    left: int | None = None
    failed: list[tuple[str, TidewheelError]] = field(default_factory=list)
    problems: list[tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    """(batch, reason in English, reason in Chinese) of the first rows that were left out."""

    def add(self, batch: Batch, summary: Summary) -> None:
        """Count one batch."""
        self.batches += 1
        for name in ("rows", "accepted", "rejected", "skipped", "facts", "duplicates"):
            setattr(self, name, getattr(self, name) + getattr(summary, name))
        room = MOST_PROBLEMS - len(self.problems)
        if room > 0 and summary.problems:
            spoken = zip(summary.describe("en")["problems"], summary.describe("zh")["problems"], strict=True)
            self.problems += [(batch.label, en, zh) for en, zh in list(spoken)[:room]]
        if batch.reached is not None:
            self.reached = batch.reached if self.reached is None else max(self.reached, batch.reached)


def pull(
    batches: Generator[Batch, bool, None],
    job: Job,
    save: Callable[[Cursor, Tally], None],
    progress: Progress | None = None,
) -> Tally:
    """Keep each batch, then hand its cursor to ``save``. A file that cannot be read is passed over and told."""
    tally = Tally()
    try:
        batch = next(batches, None)
        while batch is not None:
            tally.left = batch.left
            kept = _kept(batch, job, tally, progress)
            if kept:
                save(batch.cursor, tally)
            try:
                batch = batches.send(kept)
            except StopIteration:
                break
    finally:
        batches.close()
    return tally


def _kept(batch: Batch, job: Job, tally: Tally, progress: Progress | None) -> bool:
    try:
        tally.add(batch, keep(batch, job, progress))
    except BadInput as error:
        if not batch.apart:
            raise
        tally.failed.append((batch.label, error))
        return False
    return True


def keep(batch: Batch, job: Job, progress: Progress | None = None) -> Summary:
    """Keep one batch durably and return what became of its rows."""
    prepared = prepare(batch.open(), job.kind, job.mapping, job.arrival.zone, batch.moment, job.arrival.ranks)
    kept = job.sink()
    try:
        summary = run_table(prepared, kept.sink, job.arrival, progress)
    finally:
        added = kept.finish()
    if added is not None:
        summary.duplicates = summary.facts - added
    return summary
