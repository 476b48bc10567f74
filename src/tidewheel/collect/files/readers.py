"""Opening a file as rows of named cells, in chunks, whatever its format."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from tidewheel.collect.body import mend, read_loosely
from tidewheel.collect.files.delimited import Layout, cells, detect_layout, find_header, records
from tidewheel.collect.files.encoding import SAMPLE_BYTES, check_is_text, detect_encoding
from tidewheel.collect.files.weblog import COLUMNS, cells_of, is_log
from tidewheel.collect.problems import Refused
from tidewheel.core.errors import BadInput, NotFound, TidewheelError, unknown
from tidewheel.core.text import Text

Format: TypeAlias = Literal["csv", "jsonl", "parquet", "excel", "log", "rows"]
CHUNK_ROWS: Final = 5_000
COLUMNS_FROM_ROWS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``number`` is what a person sees: the line of a JSON file, the row of a spreadsheet.

    ``key`` tells it from rows with the same content where its place does not: a primary key, an offset.
    """

    number: int
    cells: dict[str, Any]
    key: str | None = None


Rows: TypeAlias = Iterator[tuple[float, list[Row | tuple[int, Refused]]]]
"""Chunks with the part of the file read so far (0 to 1); a row that cannot be read is (number, reason)."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read as rows, any number of times."""

    format: Format
    columns: tuple[str, ...]
    chunks: Callable[[], Rows]
    encoding: str | None = None
    delimiter: str | None = None
    sheets: tuple[str, ...] = ()
    native: bool = False
    """The rows are events in the native form, so that no mapping is needed."""
    loose: bool = False
    """Rows may lack columns, as the objects of an API do, so that a mapping may name more than is there."""


def is_native(value: dict[str, Any]) -> bool:
    """Say whether an object is an event in the native form."""
    return isinstance(value.get("who"), dict) and ("event" in value or "person" in value)


def first_chunk(table: Table, most: int = COLUMNS_FROM_ROWS) -> list[Row | tuple[int, Refused]]:
    """Return the first rows of a table."""
    found: list[Row | tuple[int, Refused]] = []
    for _, rows in table.chunks():
        found += rows
        if len(found) >= most:
            break
    return found[:most]


def open_table(path: Path, *, sheet: str | None = None, chunk: int = CHUNK_ROWS) -> Table:
    """Tell the format of a file from its content and return its rows."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except FileNotFoundError:
        raise NotFound(
            "no_such_file",
            Text("There is no file {path}.", "没有文件 {path}。"),
            got=str(path),
            path=path.name,
        ) from None
    except OSError as error:
        raise BadInput(
            "unreadable_file",
            Text("{path} cannot be read: {why}.", "无法读取 {path}：{why}。"),
            got=str(path),
            path=path.name,
            why=error.strerror,
        ) from None
    if not head:
        raise _empty()
    if head[:4] == b"PAR1":
        return _parquet(path, chunk)
    if head[:4] == b"PK\x03\x04" or head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _excel(path, sheet, chunk)
    with _opened(path) as (file, _):
        try:
            sample = file.read(SAMPLE_BYTES)
        except (OSError, EOFError) as error:
            raise _broken("gzip", str(error)) from None
    encoding = detect_encoding(sample)
    check_is_text(sample, encoding)
    text = sample.decode(encoding, "replace").lstrip("\ufeff")
    if not text.strip():
        raise _empty()
    if text.lstrip()[:1] in "{[":
        return _json(path, encoding, chunk)
    if is_log(text):
        return _log(path, encoding, chunk)
    return _delimited(path, encoding, detect_layout(text), chunk)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, Callable[[], float]]]:
    """Open a plain or gzipped file; the second value tells which part has been read."""
    size = max(1, path.stat().st_size)
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if packed:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield io.BufferedReader(unpacked), lambda: raw.tell() / size
        else:
            yield raw, lambda: raw.tell() / size


def _lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    with io.TextIOWrapper(file, encoding, errors="replace", newline=None) as text:
        first = True
        for line in text:
            yield line.lstrip("\ufeff") if first else line
            first = False


def _delimited(path: Path, encoding: str, layout: Layout, chunk: int) -> Table:
    columns = layout.columns
    width = len(columns)

    def chunks() -> Rows:
        with _opened(path) as (file, part):
            out: list[Row | tuple[int, Refused]] = []
            rows = cells(records(_lines(file, encoding), layout.delimiter), layout.delimiter)
            for number, row in enumerate(rows, 1):
                if number <= layout.header:
                    continue
                if isinstance(row, Refused):
                    out.append((number, row))
                elif len(row) == width or not any(row[width:]):
                    if any(row):
                        out.append(Row(number, dict(zip(columns, row, strict=False))))
                else:
                    out.append((number, Refused("too_many_cells", None, len(row), width)))
                if len(out) >= chunk:
                    yield part(), out
                    out = []
            yield 1.0, out

    return Table("csv", columns, chunks, encoding, layout.delimiter)


def _log(path: Path, encoding: str, chunk: int) -> Table:
    def chunks() -> Rows:
        with _opened(path) as (file, part):
            out: list[Row | tuple[int, Refused]] = []
            for number, line in enumerate(_lines(file, encoding), 1):
                if line.strip():
                    found = cells_of(line)
                    out.append(
                        (number, Refused("bad_row", None, line.strip()[:100]))
                        if found is None
                        else Row(number, found)
                    )
                if len(out) >= chunk:
                    yield part(), out
                    out = []
            yield 1.0, out

    return Table("log", COLUMNS, chunks, encoding)


def _json(path: Path, encoding: str, chunk: int) -> Table:
    def numbered() -> Iterator[tuple[float, int, Any]]:
        whole = _whole_value(path, encoding)
        if whole is not None:
            yield from ((1.0, number, value) for number, value in enumerate(whole, 1))
            return
        with _opened(path) as (file, part):
            for number, line in enumerate(_lines(file, encoding), 1):
                yield part() if number % chunk == 0 else 0.0, number, line

    def chunks() -> Rows:
        out: list[Row | tuple[int, Refused]] = []
        done = 0.0
        for part, number, value in numbered():
            done = max(done, part)
            if isinstance(value, str) and not value.strip():
                continue
            out.append(_json_row(number, value))
            if len(out) >= chunk:
                yield done, out
                out = []
        yield 1.0, out

    columns: dict[str, None] = {}
    native = seen = 0
    for _, rows in chunks():
        for row in rows:
            if isinstance(row, Row) and seen < COLUMNS_FROM_ROWS:
                seen += 1
                native += is_native(row.cells)
                columns |= dict.fromkeys(flat(row.cells))
        if seen >= COLUMNS_FROM_ROWS:
            break
    if seen and native * 2 > seen:
        return Table("jsonl", (), chunks, encoding, native=True)

    def flat_chunks() -> Rows:
        for part, rows in chunks():
            yield part, [Row(row.number, flat(row.cells)) if isinstance(row, Row) else row for row in rows]

    return Table("jsonl", tuple(columns), flat_chunks, encoding)


def _whole_value(path: Path, encoding: str) -> list[Any] | None:
    """Return the rows of a file that is one JSON value: a list, or an object that holds one. Else None."""
    with _opened(path) as (file, _):
        lines = _lines(file, encoding)
        first = next((line for line in lines if line.strip()), "")
        if first.lstrip().startswith("{") and _loaded(first) is not None:
            return None
        value = _loaded(first + "".join(lines))
    if isinstance(value, dict):
        lists = [part for part in value.values() if isinstance(part, list) and part]
        return lists[0] if len(lists) == 1 else [value]
    return value if isinstance(value, list) else None


def _loaded(text: str) -> Any:
    try:
        return read_loosely(text)[0]
    except TidewheelError:
        return None


def _json_row(number: int, value: Any) -> Row | tuple[int, Refused]:
    if isinstance(value, str):
        try:
            value, _ = read_loosely(value)
        except TidewheelError:
            return number, Refused("bad_row", None, value.strip()[:100])
    if not isinstance(value, dict):
        return number, Refused("bad_row", None, json.dumps(value, ensure_ascii=False)[:100])
    return Row(number, value)


def flat(cells_by_name: dict[str, Any]) -> dict[str, Any]:
    """Return one level of nested objects as dotted names."""
    out: dict[str, Any] = {}
    for name, value in cells_by_name.items():
        if isinstance(value, dict):
            out |= {f"{name}.{inner}": part for inner, part in value.items()}
        else:
            out[name] = value
    return out


def _parquet(path: Path, chunk: int) -> Table:
    try:
        with pq.ParquetFile(path) as file:
            columns = tuple(file.schema_arrow.names)
    except (pa.ArrowException, OSError) as error:
        raise _broken("Parquet", str(error)) from None

    def chunks() -> Rows:
        try:
            with pq.ParquetFile(path) as file:
                total, number = max(1, file.metadata.num_rows), 0
                for batch in file.iter_batches(chunk):
                    rows: list[Row | tuple[int, Refused]] = [
                        Row(number + place, mend(cells_by_name))
                        for place, cells_by_name in enumerate(batch.to_pylist(), 1)
                    ]
                    number += len(rows)
                    yield number / total, rows
        except (pa.ArrowException, OSError) as error:
            raise _broken("Parquet", str(error)) from None

    return Table("parquet", columns, chunks)


def _excel(path: Path, sheet: str | None, chunk: int) -> Table:
    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError, ValueError) as error:
        raise _broken("Excel", str(error)) from None
    names = tuple(book.sheet_names)
    if sheet is not None and sheet not in names:
        raise unknown(Text("sheet", "工作表"), sheet, names, field="sheet")
    try:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) if sheet else []
        for name in () if sheet else names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(any(cell != "" for cell in row) for row in rows):
                break
    except (CalamineError, ValueError) as error:
        raise _broken("Excel", str(error)) from None
    if not any(any(cell != "" for cell in row) for row in rows):
        raise _empty()
    header, columns = find_header([[_heading(cell) for cell in row] for row in rows[:200]])
    width = max(
        (place for row in rows[header:] for place, cell in enumerate(row, 1) if cell != ""), default=0
    )
    columns += tuple(f"column_{place}" for place in range(len(columns) + 1, width + 1))

    def chunks() -> Rows:
        out: list[Row | tuple[int, Refused]] = []
        for number, row in enumerate(rows[header:], header + 1):
            if any(cell != "" for cell in row):
                out.append(Row(number, dict(zip(columns, row, strict=False))))
            if len(out) >= chunk:
                yield number / len(rows), out
                out = []
        yield 1.0, out

    return Table("excel", columns, chunks, sheets=names)


def _heading(cell: Any) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else str(cell)


def _empty() -> BadInput:
    return BadInput(
        "empty_file",
        Text("The file is empty.", "文件是空的。"),
        hint=Text("Choose a file with a heading and at least one row.", "请选择有表头和至少一行数据的文件。"),
    )


def _broken(kind: str, why: str) -> BadInput:
    return BadInput(
        "broken_file",
        Text("This {kind} file cannot be read: {why}.", "无法读取该 {kind} 文件：{why}。"),
        got=why,
        hint=Text(
            "It may be cut off or protected by a password; save it again.",
            "文件可能不完整或有密码保护，请重新保存。",
        ),
        kind=kind,
        why=why[:200],
    )
