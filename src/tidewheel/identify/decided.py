"""What people decided about pairs of identifiers: that they belong together, or that they do not.

A decision is a fact with a time. Of the decisions about a pair the latest holds, whichever way round the pair is named.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tidewheel.identify.fold import LINKED, PARTED
from tidewheel.store.pieces import APART, BY_HAND, LinkPiece


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """What holds about a pair (``fold.LINKED`` or ``fold.PARTED``) and since when. Of two at one moment the one that parts holds."""

    time: int
    id: int
    state: int


Decided: TypeAlias = dict[tuple[int, int], Decision]
"""By the codes of two actors, the lower one first."""


def decided(pieces: Iterable[LinkPiece], moment: int | None = None) -> Decided:
    """Return what holds about pairs, as decided by a moment (ms UTC) if one is given."""
    found: Decided = {}
    for piece in pieces:
        for at in np.flatnonzero((piece.kind == APART) | (piece.kind == BY_HAND)).tolist():
            if moment is not None and piece.received[at] > moment:
                continue
            one, other = int(piece.a[at]), int(piece.b[at])
            pair = (min(one, other), max(one, other))
            time, number = int(piece.time[at]), int(piece.id[at])
            known = found.get(pair)
            this = Decision(time, number, PARTED if piece.kind[at] == APART else LINKED)
            if known is None or known < this:
                found[pair] = this
    return found
