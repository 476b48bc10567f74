"""Answers as bytes: JSON for pages, CSV for spreadsheets, Arrow for programs.

They are made by the process that runs the query, as values take many times their size while they are written.
"""

from __future__ import annotations

import csv
import io
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, TypeAlias

import pyarrow as pa

from tidewheel.analyse.sql.plain import rows

Format: TypeAlias = Literal["csv", "arrow"]
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")


class Form(ABC):
    """Writes an answer piece by piece."""

    @abstractmethod
    def begin(self, schema: pa.Schema) -> bytes:
        """Return what stands before the rows."""

    @abstractmethod
    def rows(self, batch: pa.RecordBatch) -> bytes:
        """Return some rows; they follow those of the call before."""

    def end(self) -> bytes:
        """Return what stands after the rows."""
        return b""


class Json(Form):
    """A list of lists."""

    def begin(self, schema: pa.Schema) -> bytes:  # noqa: ARG002 - names are told elsewhere
        """Return the bracket."""
        self._between = b""
        return b"["

    def rows(self, batch: pa.RecordBatch) -> bytes:
        """Return the rows."""
        text = json.dumps(rows(batch), ensure_ascii=False, allow_nan=False)[1:-1]
        between, self._between = self._between, b", "
        return between + text.encode("utf-8", "replace")

    def end(self) -> bytes:
        """Return the other bracket."""
        return b"]"


class Csv(Form):
    """A line of names, then a line a row."""

    def begin(self, schema: pa.Schema) -> bytes:
        """Return the names, after the mark by which spreadsheets know UTF-8."""
        return b"\xef\xbb\xbf" + _lines([schema.names])

    def rows(self, batch: pa.RecordBatch) -> bytes:
        """Return the lines."""
        return _lines([_cell(value) for value in row] for row in rows(batch))


class Arrow(Form):
    """A stream of Arrow."""

    def begin(self, schema: pa.Schema) -> bytes:
        """Return the schema."""
        self._out = io.BytesIO()
        self._writer = pa.ipc.new_stream(self._out, schema)
        return self._taken()

    def rows(self, batch: pa.RecordBatch) -> bytes:
        """Return the batch."""
        self._writer.write_batch(batch)
        return self._taken()

    def end(self) -> bytes:
        """Return the mark of the end."""
        self._writer.close()
        return self._taken()

    def _taken(self) -> bytes:
        found = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return found


FORMS: Final[dict[str, type[Form]]] = {"json": Json, "csv": Csv, "arrow": Arrow}


def _lines(lines: Iterator[Sequence[Any]] | Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    return out.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    """Return a value as a cell; text that a spreadsheet would run as a formula gets a quote before it."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_DANGEROUS) else value
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else value
