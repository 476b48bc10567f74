"""Who is compared with whom: people who share a key. Keys that too many share say nothing and are not followed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Key = tuple[str, ...]
KEYS: Final[tuple[Key, ...]] = (
    ("email",),
    ("email.name",),
    ("phone",),
    ("name", "birthday"),
    ("name", "phone.tail"),
    ("name", "phone.head"),
    ("birthday", "phone.tail"),
    ("birthday", "phone.head"),
    ("name", "address"),
    ("birthday", "address"),
    ("address", "phone.head"),
    ("nickname", "birthday"),
    ("nickname", "phone.head"),
    ("nickname", "city"),
    ("name", "birthday.year"),
    ("name", "birthday.day"),
    ("name", "birth_year", "city"),
    ("name", "city"),
)
"""Parts of fields that two people have in common; any one of them is enough to be compared."""
SURE: Final[tuple[Key, ...]] = (
    ("email",),
    ("name", "birthday"),
    ("name", "phone.tail"),
    ("birthday", "phone.tail"),
    ("name", "address"),
)
"""Keys that two people seldom share by chance."""
CAPS: Final = (1000, 500, 200, 100, 50, 30, 20, 10, 5, 2)
_PARTS: Final = {
    "head": r"^(.*).{4}$",
    "tail": r"^.*(.{4})$",
    "name": r"^(.{4,})@.*$",
    "year": r"^(.{4}).*$",
    "day": r"^.{5}(.*)$",
}


@dataclass(frozen=True, slots=True)
class Blocks:
    """``keys``: a column a key, null where it is not followed. ``pairs`` is the most there are to compare.

    ``cap``: most people a key is followed for. ``passed_over``: how often a person's key was shared by more.
    """

    keys: pa.Table
    pairs: int
    cap: int
    passed_over: int


def blocks(records: pa.Table, most_pairs: int) -> Blocks:
    """Return the keys of records such that there are at most so many pairs to compare."""
    found = [(key, _sizes(values)) for key, values in _keys(records, KEYS)]
    cap = next(
        (cap for cap in CAPS if sum(_pairs(sizes, cap) for _, (_, sizes) in found) <= most_pairs), CAPS[-1]
    )
    columns, passed_over = {}, 0
    for key, (codes, sizes) in found:
        own = np.where(codes < 0, 0, sizes[codes] if len(sizes) else 0)
        columns[".".join(key)] = pa.array(codes, mask=(own < 2) | (own > cap))
        passed_over += int((own > cap).sum())
    total = sum(_pairs(sizes, cap) for _, (_, sizes) in found)
    return Blocks(pa.table(columns), total, cap, passed_over)


def beyond_chance(records: pa.Table, keys: Sequence[Key] = SURE) -> dict[Key, float]:
    """Return by key how many pairs share it beyond those that would if its parts had nothing to do with each other."""
    every = records.num_rows * (records.num_rows - 1) / 2
    found = {}
    for key, values in _keys(records, keys):
        by_chance = every * np.prod([share(part) for part in _parts(records, key)]) if len(key) > 1 else 0.0
        found[key] = max(0.0, _pairs(_sizes(values)[1], records.num_rows) - float(by_chance))
    return found


def share(values: pa.Array) -> float:
    """Return how many of all pairs have the same value, as a share; null is like nothing."""
    sizes = _sizes(values)[1].astype(np.float64)
    count = len(values)
    return float((sizes * (sizes - 1)).sum() / (count * (count - 1))) if count > 1 else 0.0


def _keys(records: pa.Table, keys: Sequence[Key]) -> Iterator[tuple[Key, pa.Array]]:
    for key in keys:
        parts = list(_parts(records, key))
        if len(parts) == len(key):
            yield key, parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "\x1f")


def _parts(records: pa.Table, key: Key) -> Iterator[pa.Array]:
    for name in key:
        field, _, part = name.partition(".")
        if field not in records.column_names:
            return
        values = records[field].combine_chunks()
        if part:
            whole = pc.match_substring_regex(values, _PARTS[part])
            cut = pc.replace_substring_regex(values, _PARTS[part], r"\1")
            values = pc.if_else(whole, cut, pa.scalar(None, pa.string()))
        yield values


def _sizes(values: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return a code per value, -1 for null, and how many have each."""
    codes = (
        pc.fill_null(values.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    )
    return codes, np.bincount(codes[codes >= 0])


def _pairs(sizes: npt.NDArray[np.int64], cap: int) -> int:
    held = sizes[sizes <= cap]
    return int((held * (held - 1) // 2).sum())
