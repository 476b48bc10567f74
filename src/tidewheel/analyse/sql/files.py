"""Answers as files: CSV for spreadsheets, Arrow for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import IO, Any, Literal, TypeAlias

import pyarrow as pa

from tidewheel.analyse.sql.engine import Opened
from tidewheel.analyse.sql.plain import rows

Format: TypeAlias = Literal["csv", "arrow"]
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def write(answer: Opened, form: Format, most: int, out: IO[bytes]) -> bool:
    """Write at most so many rows; returns whether there were more."""
    return _csv(answer, most, out) if form == "csv" else _arrow(answer, most, out)


def _csv(answer: Opened, most: int, out: IO[bytes]) -> bool:
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([column.name for column in answer.columns])
    left = most
    for batch in answer.batches:
        writer.writerows([_cell(value) for value in row] for row in rows(batch.slice(0, left)))
        left -= batch.num_rows
        if left < 0:
            break
    text.detach()
    return left < 0


def _cell(value: Any) -> Any:
    """Return a value as a cell; text that a spreadsheet would run as a formula gets a quote before it."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_DANGEROUS) else value
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else value


def _arrow(answer: Opened, most: int, out: IO[bytes]) -> bool:
    left = most
    with pa.ipc.new_stream(out, answer.schema) as writer:
        for batch in answer.batches:
            writer.write_batch(batch.slice(0, max(left, 0)))
            left -= batch.num_rows
            if left < 0:
                break
    return left < 0
