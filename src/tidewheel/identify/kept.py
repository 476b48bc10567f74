"""The fold of links kept beside the columns, so that a start maps who is one person instead of working it out.

What is kept names the chunks of links it was made from, and proves which actors its codes mean by a number made
of all their hashes in order. A start takes it, folds what has come since, and takes out what has gone; for the
latter it needs the facts of chunks that are no longer in force, which stay on disk as long as they are named
here. Whatever does not fit is left, and all is folded from nothing.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tidewheel.identify.fold import Fold
from tidewheel.store.columns.derived import Arrays, Wanted, digest
from tidewheel.store.links import LINK_SCHEMA
from tidewheel.store.pieces import COLUMNS, FORM, LinkPiece, find_piece
from tidewheel.store.view import Snapshot

NAME: Final = "people"
REST: Final = "$tail"
Numbered = tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.int32]]
"""Person of each actor, and the actors of each person with their heads."""


def keep_fold(snapshot: Snapshot, fold: Fold, numbered: Numbered, pieces: dict[str, LinkPiece]) -> Numbered:
    """Keep a settled fold of pieces and go on with the mapped arrays."""
    tail = _joined([piece for piece in pieces.values() if not piece.kept])
    given: Arrays = {"person_of": numbered[0], "heads": numbered[1], "actors": numbered[2]}
    given |= {f"tail_{name}": one for name, one in tail.items()}
    key = {
        "rules": snapshot.rules.form,
        "form": FORM,
        "actors": fold.actors,
        "links": fold.links,
        "names": digest(snapshot.actors.hashes()[: fold.actors]),
        "pieces": sorted(key for key, piece in pieces.items() if piece.kept),
        "tail": len(tail["a"]),
    }

    def fill(arrays: Arrays) -> None:
        fold.put(arrays)
        for name, array in given.items():
            arrays[name][:] = array

    wanted = fold.wanted() | {name: Wanted(array.dtype, array.shape) for name, array in given.items()}
    arrays = snapshot.kept.drawer.make(NAME, key, wanted, fill)
    fold.take(arrays, fold.actors, fold.links)
    return arrays["person_of"], arrays["heads"], arrays["actors"]


def find_fold(snapshot: Snapshot, fold: Fold) -> tuple[dict[str, LinkPiece], Numbered] | None:
    """Fill ``fold`` with what was kept; returns the pieces in it and who is who, or None if nothing fits."""
    drawer = snapshot.kept.drawer
    here = {piece.key: piece for piece in snapshot.link_pieces if piece.kept}

    def fits(key: dict[str, Any]) -> bool:
        return (
            key["rules"] == snapshot.rules.form
            and key.get("form") == FORM
            and key["actors"] <= snapshot.actor_count
            and key["names"] == digest(snapshot.actors.hashes()[: key["actors"]])
        )

    found = drawer.find(NAME, fits)
    if found is None:
        return None
    key, arrays = found
    pieces: dict[str, LinkPiece] = {}
    for chunk in key["pieces"]:
        piece = here.get(chunk) or find_piece(drawer, chunk, LINK_SCHEMA.empty_table, key["actors"])[0]
        if piece is None:
            return None
        pieces[chunk] = piece
    if key["tail"]:
        tail: dict[str, Any] = {name: arrays[f"tail_{name}"] for name in COLUMNS}
        pieces[REST] = LinkPiece(REST, LINK_SCHEMA.empty_table, **tail)
    fold.take(arrays, key["actors"], key["links"])
    return pieces, (arrays["person_of"], arrays["heads"], arrays["actors"])


def _joined(pieces: list[LinkPiece]) -> Arrays:
    return {
        name: np.concatenate([np.zeros(0, dtype), *(getattr(piece, name) for piece in pieces)])
        for name, dtype in COLUMNS.items()
    }
