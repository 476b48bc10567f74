"""Looking for people in files of any kind, packed ones opened."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import json
import lzma
import mmap
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

import pyarrow as pa
import pyarrow.parquet as pq

from tidewheel.store.erase.needles import Needles
from tidewheel.store.rejected import Rejected

_MOST: Final = 1 << 28
"""Most bytes of one file, opened, that are looked at; what is larger counts as holding somebody."""
_DEEPEST: Final = 4
_BASE64: Final = re.compile(rb"(?<![0-9A-Za-z+/_-])(?:data|data_list|payloads)=([0-9A-Za-z+/_ -]{16,}=*)")
"""What forms call the field that holds base64."""


def found_in(folder: Path, needles: Needles) -> int:
    """Return how many files under a folder hold any of the identifiers in their bytes as they are."""
    found = 0
    for path in sorted(folder.rglob("*")):
        try:
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
                found += needles.in_bytes(whole)
        except (OSError, ValueError):  # a folder, an empty file, one that is gone by now
            continue
    return found


def may_name(fact: Rejected, needles: Needles) -> bool:
    """Say whether a refused fact names somebody, or may: a body that is no text cannot be looked into."""
    try:
        fact.body.decode()
    except UnicodeDecodeError:
        return True
    reason = json.dumps(fact.reason, default=str).encode()
    return any(needles.in_bytes(part) for part in (fact.body, reason)) or any(
        _may_be_text_with(needles, packed) for packed in _in_base64(fact.body)
    )


def _may_be_text_with(needles: Needles, body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return True
    return needles.in_bytes(body)


def _in_base64(body: bytes) -> Iterator[bytes]:
    """Yield what stands in base64 in a text, such as the data of a form that could not be read."""
    for run in _BASE64.findall(unquote_to_bytes(body)):
        tidy = run.replace(b" ", b"+").replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
        whole = tidy[: len(tidy) - (len(tidy) % 4 == 1)]
        try:
            yield base64.b64decode(whole + b"=" * (-len(whole) % 4))
        except binascii.Error:
            continue


def holding(folder: Path, needles: Needles) -> Iterator[Path]:
    """Yield the files under a folder that hold any of the identifiers, or cannot be looked into."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and holds(path, needles):
            yield path


def holds(path: Path, needles: Needles) -> bool:
    """Say whether a file holds any of the identifiers, packed or not, or cannot be looked into."""
    try:
        if path.stat().st_size > _MOST:
            return True
        return _holds(path.read_bytes(), needles, 0)
    except FileNotFoundError:
        return False
    except (OSError, ValueError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, pa.ArrowException):
        return True


def _holds(body: bytes, needles: Needles, depth: int) -> bool:
    if needles.in_bytes(body):
        return True
    if depth >= _DEEPEST:
        return False
    return any(_holds(inner, needles, depth + 1) for inner in _opened(body))


def _opened(body: bytes) -> Iterator[bytes]:
    """Yield what is packed inside."""
    for magic, unpack in _PACKED.items():
        if body.startswith(magic):
            yield from unpack(body)


def _zip(body: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        for entry in packed.infolist():
            if entry.file_size > _MOST:
                raise ValueError(entry.filename)
            yield packed.read(entry)


def _parquet(body: bytes) -> Iterator[bytes]:
    for batch in pq.ParquetFile(io.BytesIO(body)).iter_batches():
        for column in batch.columns:
            yield "\n".join(map(str, column.to_pylist())).encode("utf-8", "replace")


def _gzip(body: bytes) -> Iterator[bytes]:
    with gzip.open(io.BytesIO(body)) as packed:
        whole = packed.read(_MOST + 1)
    if len(whole) > _MOST:
        raise ValueError("too large to look into")
    yield whole


def _zlib(body: bytes) -> Iterator[bytes]:
    whole = zlib.decompressobj()
    try:
        found = whole.decompress(body, _MOST)
    except zlib.error:
        return  # two bytes that only look like its beginning
    yield found


_PACKED: Final[dict[bytes, Callable[[bytes], Iterator[bytes]]]] = {
    b"PK\x03\x04": _zip,
    b"PAR1": _parquet,
    b"\x1f\x8b": _gzip,
    b"\x78\x01": _zlib,
    b"\x78\x9c": _zlib,
    b"\x78\xda": _zlib,
}
