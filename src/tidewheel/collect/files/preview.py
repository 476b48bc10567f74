"""Looking at a file before importing it."""

from __future__ import annotations

from collections.abc import Mapping as Mapped
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from tidewheel.collect.contract import Arrival
from tidewheel.collect.files.cells import ColumnKind, is_missing
from tidewheel.collect.files.contract import KINDS
from tidewheel.collect.files.guess import Reason, guess, kinds_of
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.readers import Format, Row, Table, first_chunk
from tidewheel.collect.files.run import opened, try_rows
from tidewheel.collect.files.summary import Summary
from tidewheel.collect.files.template import fitting
from tidewheel.collect.identifiers import RANKED
from tidewheel.collect.values import shown
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Language

SHOWN_ROWS: Final = 20


class Column(BaseModel):
    """One column: what its cells are, a few of them, and the share that is empty."""

    name: str
    kind: ColumnKind
    samples: list[Any]
    missing: float


class Recognised(BaseModel):
    """The template whose headings a file has, and the kind of file it is then."""

    name: str
    kind: str
    en: str
    zh: str


class Preview(BaseModel):
    """What a file looks like, how it would be read, and what would go wrong in its first rows."""

    format: Format
    encoding: str | None
    delimiter: str | None
    sheets: list[str]
    native: bool
    columns: list[Column]
    guess: Mapping
    template: Recognised | None
    reasons: list[Reason]
    rows_sample: list[dict[str, Any]]
    problems: list[dict[str, Any]]


def preview(
    path: Path,
    kind: str = "events",
    *,
    zone: str,
    now: int,
    mapping: Mapping | None = None,
    language: Language = "en",
    ranks: Mapped[str, int] = RANKED,
) -> Preview:
    """Read the first rows, guess the mapping (or take the one given) and try it without storing anything."""
    table = opened(path, mapping)
    return preview_table(table, kind, zone=zone, now=now, mapping=mapping, language=language, ranks=ranks)


def preview_table(
    table: Table,
    kind: str,
    *,
    zone: str,
    now: int,
    mapping: Mapping | None = None,
    language: Language = "en",
    ranks: Mapped[str, int] = RANKED,
) -> Preview:
    """Do the same with a table that is at hand."""
    importer = KINDS.get(kind, field="kind")()
    rows = [row for row in first_chunk(table) if isinstance(row, Row)]
    found = guess(table.columns, rows, importer, zone, ranks)
    chosen = mapping or found.mapping
    kinds = kinds_of(table.columns, rows) | chosen.kinds
    return Preview(
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheets=list(table.sheets),
        native=table.native,
        columns=[_column(name, kinds[name], rows) for name in table.columns],
        guess=chosen,
        template=_recognised(table.columns),
        reasons=[] if mapping else found.reasons,
        rows_sample=[{name: _cell(value) for name, value in row.cells.items()} for row in rows[:SHOWN_ROWS]],
        problems=_problems(table, kind, chosen, Arrival("preview", now, zone, ranks=ranks), language),
    )


def _recognised(columns: tuple[str, ...]) -> Recognised | None:
    found = fitting(columns)
    if found is None:
        return None
    return Recognised(name=found.name, kind=found.kind, en=found.title["en"], zh=found.title["zh"])


def _problems(
    table: Table, kind: str, mapping: Mapping, arrival: Arrival, language: Language
) -> list[dict[str, Any]]:
    try:
        tried: Summary = try_rows(table, kind, mapping, arrival)
    except BadInput as error:
        return [{"row": None} | error.describe(language)]
    return tried.describe(language)["problems"]


def _column(name: str, kind: ColumnKind, rows: list[Row]) -> Column:
    values = [row.cells.get(name) for row in rows]
    filled = [value for value in values if not is_missing(value)]
    samples = list(dict.fromkeys(str(_cell(value)) for value in filled))[:5]
    return Column(name=name, kind=kind, samples=samples, missing=1 - len(filled) / max(1, len(values)))


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return shown(value)
    return shown(value) if isinstance(value, list | dict) else str(value)
