"""Everybody's public id at once."""

from __future__ import annotations

from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.core.ids import ALPHABET
from tidewheel.identify.resolve import resolve
from tidewheel.store.view import Snapshot

_SHIFTS: Final = np.arange(60, -1, -5, dtype=np.uint64)
_LETTERS: Final = np.frombuffer(ALPHABET.encode(), np.uint8)


def public_ids(snapshot: Snapshot) -> pa.Array:
    """Return the id of each person by number, as ``identify.resolve.person_id`` gives it; worked out once."""
    return cast("pa.Array", snapshot.remember("public_ids", lambda: _public_ids(snapshot)))


def key_texts(keys: npt.NDArray[np.uint64]) -> pa.Array:
    """Return ``core.ids.encode_key`` of each key."""
    return _texts(_LETTERS[((keys[:, None] >> _SHIFTS) & np.uint64(31)).astype(np.uint8)])


def hex_texts(keys: npt.NDArray[np.uint64]) -> pa.Array:
    """Return each key as 16 hexadecimal digits."""
    shifts = np.arange(60, -1, -4, dtype=np.uint64)
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)
    return _texts(digits[((keys[:, None] >> shifts) & np.uint64(15)).astype(np.uint8)])


def _public_ids(snapshot: Snapshot) -> pa.Array:
    people = resolve(snapshot)
    kinds = list(snapshot.rules.ranks)
    rank = snapshot.actors.prefixes([f"{kind}:" for kind in kinds])[people.actors].astype(np.int64)
    rank[rank < 0] = len(kinds)
    hashes = snapshot.actors.hashes()[people.actors]
    order = np.lexsort((hashes, rank, people.person_of[people.actors]))
    return key_texts(hashes[order[people.heads[:-1]]])


def _texts(letters: npt.NDArray[Any]) -> pa.Array:
    count, width = letters.shape
    offsets = np.arange(count + 1, dtype=np.int64) * width
    data = np.ascontiguousarray(letters)
    return pa.Array.from_buffers(
        pa.large_string(), count, [None, pa.py_buffer(offsets), pa.py_buffer(data.reshape(-1))]
    )
