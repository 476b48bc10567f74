"""A share of all people, always the same ones: by who they are, not by when they came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.identify.resolve import resolve
from tidewheel.store.columns.strings import hash_all
from tidewheel.store.view import Snapshot

Keys = npt.NDArray[np.uint64]
_MIX: Final = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1))


def sampled(snapshot: Snapshot, percent: float) -> npt.NDArray[np.bool_]:
    """Return of each person whether they are in the sample of so many percent; smaller samples lie in larger ones.

    A person is placed by the smallest key of their identifiers, evenly spread by the finalizer of SplitMix64
    (Steele, Lea and Flood 2014): a link more may move somebody, an event more never does.
    """
    return places(snapshot) < _limit(percent)


def places(snapshot: Snapshot) -> Keys:
    """Return where each person stands among all, 0…2⁶⁴; worked out once."""

    def make() -> Keys:
        people = resolve(snapshot)
        keys = snapshot.actors.hashes()[people.actors]
        smallest: Keys = np.minimum.reduceat(keys, people.heads[:-1]) if keys.size else keys
        return _spread(smallest)

    return cast("Keys", snapshot.remember("sample places", make))


def in_sample(actors: Iterable[str], percent: float) -> bool:
    """Say whether the person of these identifiers is in the sample."""
    told = pa.array(list(actors), pa.large_string())
    offsets, data = (
        np.frombuffer(one, kind) for one, kind in zip(told.buffers()[1:], (np.int64, np.uint8), strict=True)
    )
    return bool(_spread(hash_all(offsets, data).min(keepdims=True))[0] < _limit(percent))


def _spread(keys: Keys) -> Keys:
    found = keys.copy()
    for shift, factor in _MIX:
        found ^= found >> np.uint64(shift)
        found *= np.uint64(factor)
    return found


def _limit(percent: float) -> np.float64:
    return np.float64(percent / 100 * 2.0**64)
