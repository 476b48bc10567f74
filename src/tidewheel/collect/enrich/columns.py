"""Reading text out of columns and making columns of text, word by word rather than row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.core.events import Kind, column_name
from tidewheel.store.columns.packed import Packed, presence, smallest
from tidewheel.store.columns.strings import buffers
from tidewheel.store.enriched import Columns

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_KINDS: Final[tuple[Kind, Kind]] = ("text", "number")


@dataclass(frozen=True, slots=True)
class Texts:
    """A property as text, where it is set: row ``rows[i]`` of ``count`` has ``words[codes[i]]``; rows ascend."""

    count: int
    rows: Ints
    codes: Ints
    words: Sequence[str]


def texts(columns: Columns, name: str) -> Texts | None:
    """Return a property; what was sent as a number reads as it is written (1047, not 1047.0)."""
    said, counted = (columns.get(column_name(name, kind)) for kind in _KINDS)
    if counted is None:
        return None if said is None else of_packed(said)
    rows = counted.present_at()
    values, codes = np.unique(counted.floats(rows), return_inverse=True)
    numbers = Texts(
        counted.rows, rows, codes.astype(np.int64), [f"{value:.15g}" for value in values.tolist()]
    )
    if said is None:
        return numbers
    filled_up = filled(said, numbers)
    assert filled_up is not None
    return of_packed(filled_up)


def of_packed(packed: Packed) -> Texts:
    """Return what a text column holds."""
    codes = packed.values.astype(np.int64)
    return Texts(packed.rows, packed.present_at(), codes, packed.dictionary().to_pylist())


def column_of(held: Texts) -> Packed | None:
    """Return a column of texts; None where no row has a value."""
    if not len(held.rows):
        return None
    used = np.flatnonzero(np.bincount(held.codes, minlength=len(held.words)))
    own = np.zeros(len(held.words), np.int64)
    own[used] = np.arange(len(used))
    offsets, data = buffers(pa.array([held.words[code] for code in used.tolist()], pa.large_string()))
    return Packed(
        "s", held.count, values=smallest(own[held.codes], len(used)), offsets=offsets.copy(), data=data.copy(),
        **_present(held.count, held.rows),
    )  # fmt: skip


def flag_column(count: int, rows: Ints) -> Packed | None:
    """Return a column that is true in some rows and not set in the others; None where there are none."""
    if not len(rows):
        return None
    return Packed("b", count, values=np.ones(len(rows), np.uint8), **_present(count, rows))


def remade(held: Texts, found: Sequence[str | None]) -> Texts:
    """Return the texts ``found[code]`` where ``held`` has ``code``; None: not set."""
    places: dict[str, int] = {}
    table = np.array([-1 if one is None else places.setdefault(one, len(places)) for one in found] or [-1])
    codes = table[held.codes]
    kept = codes >= 0
    if kept.all():
        return Texts(held.count, held.rows, codes, list(places))
    return Texts(held.count, held.rows[kept], codes[kept], list(places))


def filled(stored: Packed | None, other: Texts) -> Packed | None:
    """Return what was sent, and where nothing was, the other's text."""
    if stored is None:
        return column_of(other)
    lacking = stored.places(other.rows) < 0
    if not lacking.any():
        return stored
    own = of_packed(stored)
    places = {word: code for code, word in enumerate(own.words)}
    table = np.array([places.setdefault(word, len(places)) for word in other.words], np.int64)
    rows = np.concatenate((own.rows, other.rows[lacking]))
    codes = np.concatenate((own.codes, table[other.codes[lacking]]))
    order = np.argsort(rows, kind="stable")
    return column_of(Texts(stored.rows, rows[order], codes[order], list(places)))


def _present(count: int, rows: Ints) -> dict[str, Any]:
    valid = np.zeros(count, np.bool_)
    valid[rows] = True
    return presence(valid)
