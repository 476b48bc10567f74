"""A segment on disk: one file, memory-mapped when opened.

Layout: 8 bytes magic, 8 bytes header length, JSON header, then arrays at 64-byte boundaries. Files are
written beside their place and renamed, so that a torn one is never opened.
"""

from __future__ import annotations

import json
import mmap
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tidewheel.store.columns.packed import NO_RANKS, NO_WORDS, Packed
from tidewheel.store.columns.segment import Segment

MAGIC: Final = b"TWCOL02\n"
_OWN = ("time", "event", "id", "actor_offsets", "actor_data", "runs")
_PARTS = ("bits", "ranks", "values", "offsets", "data", "numbers", "starts", "present_rows")


Codes = npt.NDArray[np.int32]


def save(segments: Sequence[Segment], path: Path, codes: Sequence[Codes] = (), lineage: str = "") -> None:
    """Write the segments of one file, and the actor codes of their runs in a lineage of codes."""
    arrays: list[npt.NDArray[Any]] = []
    described = [_describe(segment, arrays) for segment in segments]
    first_code = len(arrays)
    arrays.extend(codes)
    places: list[dict[str, Any]] = []
    at = 0
    for array in arrays:
        places.append({"type": array.dtype.str, "length": len(array), "at": at})
        at += (array.nbytes + 63) // 64 * 64
    kept = {
        "lineage": lineage,
        "codes": list(range(first_code, len(arrays))),
        "stamp": secrets.token_hex(8),
    }
    header = json.dumps({"segments": described, "arrays": places, "actors": kept}).encode()
    start = (16 + len(header) + 63) // 64 * 64
    torn = path.with_suffix(f".{threading.get_ident()}.part")
    try:
        with torn.open("wb") as file:
            file.write(MAGIC + len(header).to_bytes(8, "little") + header)
            for array, place in zip(arrays, places, strict=True):
                file.seek(start + place["at"])
                file.write(np.ascontiguousarray(array).data)
            file.truncate(start + at)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        torn.unlink(missing_ok=True)
        raise
    torn.replace(path)


@contextmanager
def aside(path: Path) -> Iterator[Callable[[Segment, Codes], tuple[Segment, Codes]]]:
    """Put segments beside a path until the block ends: what is returned for each is mapped and takes no memory."""
    made: list[Path] = []

    def put(segment: Segment, codes: Codes) -> tuple[Segment, Codes]:
        made.append(path.with_suffix(f".{threading.get_ident()}.{len(made)}.part"))
        save([segment], made[-1], [codes], "aside")
        opened = load_with_codes(made[-1], "aside")
        return opened.segments[0], opened.codes[0]

    try:
        yield put
    finally:
        for one in made:
            one.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Opened:
    """A mapped file: its segments, and the actor codes of their runs; none when they are of another lineage.

    ``stamp`` tells the file from any other, also from one made of the same rows.
    """

    segments: list[Segment]
    codes: list[Codes]
    stamp: str


def load(path: Path) -> list[Segment]:
    """Map a file's segments; raises ValueError when it is not one."""
    return load_with_codes(path, "").segments


def load_with_codes(path: Path, lineage: str) -> Opened:
    """Map a file; ``lineage`` is that of the codes in use."""
    with path.open("rb") as file:
        said = os.fstat(file.fileno())
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if whole[:8] != MAGIC:
        raise ValueError(f"{path} is not a column file of this version")
    size = int.from_bytes(whole[8:16], "little")
    header = json.loads(whole[16 : 16 + size])
    start = (16 + size + 63) // 64 * 64
    arrays = [
        np.frombuffer(whole, np.dtype(place["type"]), place["length"], start + place["at"])
        if place["length"]
        else np.zeros(0, np.dtype(place["type"]))
        for place in header["arrays"]
    ]
    segments = [_restore(entry, arrays) for entry in header["segments"]]
    kept = header.get("actors", {})
    known = kept.get("lineage") == lineage != ""
    stamp = kept.get("stamp") or f"{path.name}-{said.st_mtime_ns}-{said.st_size}"
    return Opened(segments, [arrays[at] for at in kept["codes"]] if known else [], stamp)


def _describe(segment: Segment, arrays: list[npt.NDArray[Any]]) -> dict[str, Any]:
    def keep(array: npt.NDArray[Any] | None) -> int | None:
        if array is None:
            return None
        arrays.append(array)
        return len(arrays) - 1

    return {
        "rows": segment.rows,
        "base": segment.base,
        "end": segment.end,
        "names": segment.names,
        "own": {name: keep(getattr(segment, name)) for name in _OWN},
        "columns": {
            name: {
                "letter": column.letter,
                "rows": column.rows,
                "parts": {p: keep(getattr(column, p)) for p in _PARTS},
            }
            for name, column in segment.columns.items()
        },
    }


def _restore(entry: dict[str, Any], arrays: list[npt.NDArray[Any]]) -> Segment:
    columns = {}
    for name, column in entry["columns"].items():
        parts: dict[str, Any] = {
            part: None if at is None else arrays[at] for part, at in column["parts"].items()
        }
        parts["bits"] = NO_WORDS if parts["bits"] is None else parts["bits"]
        parts["ranks"] = NO_RANKS if parts["ranks"] is None else parts["ranks"]
        columns[name] = Packed(letter=column["letter"], rows=column["rows"], **parts)
    own = {name: arrays[at] for name, at in entry["own"].items()}
    base, rows = entry["base"], entry["rows"]
    end = entry["end"] if "end" in entry else base + int(own["time"].max()) if rows else base
    return Segment(rows=rows, base=base, end=end, names=tuple(entry["names"]), columns=columns, **own)
