"""People who are being erased: out of sight from the moment it was asked for, gone once it is done."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tidewheel.identify.resolve import resolve
from tidewheel.store.view import Snapshot


def hidden_people(snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    """Return which persons are being erased; worked out once a snapshot."""
    found: npt.NDArray[np.bool_] = snapshot.remember("hidden", lambda: _hidden(snapshot))
    return found


def hidden_actors(snapshot: Snapshot) -> npt.NDArray[np.bool_] | None:
    """Return which actors belong to people who are being erased; None: none does."""
    return hidden_people(snapshot)[resolve(snapshot).person_of] if len(snapshot.hidden) else None


def _hidden(snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    people = resolve(snapshot)
    found = np.zeros(people.count, np.bool_)
    found[people.person_of[snapshot.hidden[snapshot.hidden < len(people.person_of)]]] = True
    return found
