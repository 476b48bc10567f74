"""What an import did, and what was wrong with the rows it left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from tidewheel.collect.problems import Note, Rejection
from tidewheel.core.text import Language

SAMPLES_PER_CODE: Final = 20


@dataclass(slots=True)
class Summary:
    """The counts of one import. Times are UTC milliseconds of the events (None: no event).

    ``rows`` were read: each is accepted (alone or as a line of an order), rejected or skipped. ``facts`` were
    made of the accepted ones and given to the store, ``duplicates`` of them were there before. ``by_code``
    counts reasons: an order is rejected for one reason with all its lines.
    """

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    skipped: int = 0
    facts: int = 0
    duplicates: int = 0
    first_time: int | None = None
    last_time: int | None = None
    by_code: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    problems: list[Rejection] = field(default_factory=list)
    remarks: list[Note] = field(default_factory=list)

    def refuse(self, rejection: Rejection, lines: int) -> None:
        """Count what was rejected; the first of each kind are kept as samples."""
        self.rejected += lines
        self.by_code[rejection.code] += 1
        if self.by_code[rejection.code] <= SAMPLES_PER_CODE:
            self.problems.append(rejection)

    def remark(self, note: Note) -> None:
        """Count something an accepted row was read with; the first of each kind are kept."""
        self.notes[note.code] += 1
        if self.notes[note.code] <= SAMPLES_PER_CODE:
            self.remarks.append(note)

    def saw(self, time: int) -> None:
        """Take note of the time of an event."""
        self.first_time = time if self.first_time is None else min(self.first_time, time)
        self.last_time = time if self.last_time is None else max(self.last_time, time)

    def describe(self, language: Language = "en") -> dict[str, Any]:
        """Return the JSON form; problems carry ``row`` instead of ``index``."""
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "skipped": self.skipped,
            "facts": self.facts,
            "duplicates": self.duplicates,
            "first_time": _iso(self.first_time),
            "last_time": _iso(self.last_time),
            "by_code": [{"code": code, "count": count} for code, count in self.by_code.most_common()],
            "problems": [_rowed(problem.describe(language)) for problem in self.problems],
            "notes": [{"code": code, "count": count} for code, count in self.notes.most_common()],
            "remarks": [_rowed(note.describe(language)) for note in self.remarks],
        }


def _rowed(said: dict[str, Any]) -> dict[str, Any]:
    return {"row": said.pop("index")} | said


def _iso(ms: int | None) -> str | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
