"""Looking for words in every byte of a folder, with packed files opened; shares nothing with the code under test."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq


def traces(folder: Path, words: list[str]) -> list[str]:
    """Return ``file: word`` for each word found anywhere under a folder."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found += [f"{path.relative_to(folder)}: {word}" for word in in_bytes(path.read_bytes(), words)]
    return found


def in_bytes(body: bytes, words: list[str]) -> list[str]:
    """Return the words that some bytes hold, in whatever is packed in them too."""
    forms = [*opened(body)]
    return [word for word in words if any(held(form, word) for form in forms)]


def held(body: bytes, word: str) -> bool:
    escaped = word.encode("ascii", "backslashreplace")
    lower = body.lower()
    return any(form.lower() in lower for form in (word.encode(), word.encode("utf-16-le"), escaped))


def opened(body: bytes, depth: int = 0) -> Iterator[bytes]:
    """Yield the bytes and everything packed inside."""
    yield body
    if depth > 4:
        return
    inner: list[bytes] = []
    if body[:4] == b"PAR1":
        inner = [str(pq.read_table(io.BytesIO(body)).to_pydict()).encode()]
    elif body[:15] == b"SQLite format 3":
        inner = [str(cell).encode() if not isinstance(cell, bytes) else cell for cell in cells(body)]
    elif body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            inner = [packed.read(name) for name in packed.namelist()]
    elif body[:2] == b"\x1f\x8b":
        inner = [gzip.decompress(body)]
    elif body[:1] == b"\x78":
        try:
            inner = [zlib.decompress(body)]
        except zlib.error:
            inner = []
    for one in inner:
        yield from opened(one, depth + 1)


def cells(body: bytes) -> Iterator[object]:
    """Yield every value of every table of a SQLite file."""
    connection = sqlite3.connect(":memory:")
    wal_off = bytearray(body)
    wal_off[18:20] = b"\x01\x01"  # read as a file that has no write-ahead log beside it
    connection.deserialize(bytes(wal_off))
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in connection.execute(f'SELECT * FROM "{name}"'):
            yield from row
    connection.close()
