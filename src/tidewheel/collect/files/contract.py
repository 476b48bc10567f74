"""The contract of a kind of import: one file in ``kinds/`` that turns rows into events or table rows.

A kind says what it looks for and translates row by row. Reading files, guessing, judging events, ids,
duplicates, progress and the summary are done once, in ``guess`` and ``run``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Any, ClassVar, Final, TypeAlias

from tidewheel.collect.files.cells import ColumnKind, is_missing, is_rounded, read_as, read_fen, read_when
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.readers import Row
from tidewheel.collect.problems import Refused
from tidewheel.collect.times import zone_of
from tidewheel.collect.wire import WireEvent
from tidewheel.core.plugins import Registry
from tidewheel.core.text import Text


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is meant to add nothing, such as an unpaid order."""

    why: str


@dataclass(frozen=True, slots=True)
class Made:
    """What one row, or the rows of one order, became.

    ``content`` tells rows apart: an event gets its id from it and from its place among equals, a table row
    its key. None: the event has an id of its own. ``lines`` is how many rows this accounts for: 0 for the
    second event of a row.
    """

    row: int
    what: WireEvent | dict[str, Any] | Refused | Skipped
    content: tuple[Any, ...] | None = None
    lines: int = 1
    key: str | None = None
    sent: Dictionary[str, Any] | None = None


Numbered: TypeAlias = Row | tuple[int, Refused]


@dataclass(frozen=True, slots=True)
class Job:
    """One import: its mapping and what is known of its columns."""

    mapping: Mapping
    columns: tuple[str, ...]
    kinds: Dictionary[str, ColumnKind]
    zone_name: str
    properties: Dictionary[str, str] = field(default_factory=dict)
    moment: int | None = None
    """When rows held that do not say it themselves: UTC ms; None where that is not known."""

    @property
    def zone(self) -> tzinfo:
        """The zone of times that name none."""
        return zone_of(self.zone_name)

    def who(self, row: Row) -> dict[str, Any]:
        """Return the identifiers of a row."""
        found: dict[str, Any] = {}
        for kind, column in self.mapping.who.items():
            value = row.cells.get(column)
            if is_missing(value):
                continue
            if is_rounded(value):
                raise Refused("rounded_identifier", column, str(value))
            text = value if isinstance(value, str) else read_as(value, "text", self.zone)
            before = self.mapping.prefix.get(kind)
            found[kind] = f"{before}/{text.strip()}" if before and isinstance(text, str) else text
        return found

    def when(self, row: Row, column: str | None) -> int | None:
        """Return UTC milliseconds of a column; None when there is no such column or the cell is empty."""
        value = row.cells.get(column) if column else None
        if is_missing(value):
            return None
        ms = read_when(value, self.zone, self.mapping.date_order)
        if ms is None:
            raise Refused("bad_time", column, str(value)[:80], "2026-11-21 10:00:00")
        return ms

    def value(self, row: Row, column: str) -> Any:
        """Return the value of one cell: money in fen, else by the kind of its column; None when empty."""
        unit = self.mapping.money.get(column)
        if unit:
            return read_fen(row.cells.get(column), unit, column)
        return read_as(row.cells.get(column), self.kinds.get(column, "text"), self.zone)

    def values(self, row: Row, columns: Dictionary[str, str]) -> dict[str, Any]:
        """Return the non-empty values of several columns by property name."""
        read = {name: self.value(row, column) for name, column in columns.items()}
        return {
            name: str(value) if name.endswith("_id") else value
            for name, value in read.items()
            if value is not None
        }


@dataclass(frozen=True, slots=True)
class Field:
    """A property a kind knows: how it may be headed, and whether it is money ."""

    headings: tuple[str, ...]
    money: bool = False
    item: bool = False


class ImportKind(ABC):
    """One kind of file."""

    name: ClassVar[str]
    title: ClassVar[Text]
    table: ClassVar[str | None] = None
    """The table its rows go to; None: they become events."""
    needs: ClassVar[tuple[str, ...]] = ()
    """What a mapping must name: ``who``, ``what``, ``when`` or ``fields.<property>``."""
    guesses: ClassVar[tuple[str, ...]] = ()
    """Which of ``who``, ``what``, ``when`` are looked for in the headings and values."""
    fields: ClassVar[Dictionary[str, Field]] = {}

    def refine(self, mapping: Mapping, rows: Sequence[Row]) -> Mapping:  # noqa: ARG002
        """Correct a guessed mapping by what the first rows show together."""
        return mapping

    def first_pass(self, job: Job, rows: Iterable[Numbered]) -> Any:  # noqa: ARG002
        """Look at the whole file once before it is read, when the kind must (orders count their lines)."""
        return None

    @abstractmethod
    def read(self, job: Job, rows: Iterable[Numbered], seen: Any) -> Iterator[Made]:
        """Translate rows, in their order; ``seen`` is what :meth:`first_pass` returned."""


class RowKind(ImportKind):
    """A kind of file in which each row is read by itself."""

    @abstractmethod
    def one(self, job: Job, row: Row) -> Made:
        """Translate one row, or raise :class:`Refused`."""

    def read(self, job: Job, rows: Iterable[Numbered], seen: Any) -> Iterator[Made]:  # noqa: ARG002
        """Translate each row."""
        for row in rows:
            if not isinstance(row, Row):
                yield Made(*row)
                continue
            try:
                made = self.one(job, row)
                yield made if row.key is None else replace(made, key=row.key)
            except Refused as problem:
                yield Made(row.number, problem, sent=row.cells)


KINDS: Final[Registry[ImportKind]] = Registry(
    ImportKind,  # type: ignore[type-abstract]
    "tidewheel.collect.files.kinds",
    "tidewheel.imports",
    Text("kind of import", "导入类型"),
)
