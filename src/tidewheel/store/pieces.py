"""Link facts as chunks of codes, and keeping these so that a start need not look up every identifier again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.store.columns.derived import Arrays, Drawer, Wanted
from tidewheel.store.links import MANUAL, SIGNED_IN, UNDONE, link_table

PREFIX: Final = "links-"
FORM: Final = 2
"""Which arrays a kept piece has."""
EVIDENCE, BY_HAND, APART, SIGNED = 0, 1, 2, 3
"""What a fact is: said by an event, linked by hand, parted by hand, or who had a device (joins nobody)."""
_KINDS: Final = {MANUAL: BY_HAND, UNDONE: APART, SIGNED_IN: SIGNED}


@dataclass(frozen=True, slots=True, eq=False)
class LinkPiece:
    """The link facts of one chunk: the actor codes of their ends, times, ids of their events, and what they are worth."""

    key: str
    load: Callable[[], pa.Table]
    a: npt.NDArray[np.int32]
    b: npt.NDArray[np.int32]
    time: npt.NDArray[np.int64]
    id: npt.NDArray[np.uint64]
    received: npt.NDArray[np.int64]
    """When each was asserted, in milliseconds UTC."""
    kind: npt.NDArray[np.uint8]
    """``EVIDENCE``, ``BY_HAND``, ``APART`` or ``SIGNED``."""
    confidence: npt.NDArray[np.float32]
    kept: bool = False
    """Whether the codes are on disk under the key."""

    @property
    def table(self) -> pa.Table:
        """The facts in words, read where they lie."""
        return link_table(self.load())


COLUMNS: Final[dict[str, Any]] = {
    "a": np.int32,
    "b": np.int32,
    "time": np.int64,
    "id": np.uint64,
    "received": np.int64,
    "kind": np.uint8,
    "confidence": np.float32,
}
"""The arrays of a piece and their types."""


def make_piece(
    key: str,
    load: Callable[[], pa.Table],
    table: pa.Table,
    codes: Callable[[pa.Array], npt.NDArray[np.int32]],
) -> LinkPiece:
    """Return the piece of facts in their common form; ``codes`` gives the codes of identifiers."""
    a, b = (codes(_whole(table[end])) for end in ("a", "b"))
    rules = _whole(table["rule"])
    kind = np.full(len(rules), EVIDENCE)
    for rule, number in _KINDS.items():
        kind[np.asarray(pc.equal(rules, rule))] = number
    return LinkPiece(
        key,
        load,
        a,
        b,
        np.asarray(table["time"].cast(pa.int64())),
        np.asarray(table["id"]).view(np.uint64),
        np.asarray(table["received"].cast(pa.int64())),
        kind.astype(np.uint8),
        np.asarray(table["confidence"]).astype(np.float32),
    )


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays([pa.array([], column.type), *column.chunks])


def keep_piece(drawer: Drawer, piece: LinkPiece) -> LinkPiece:
    """Keep a piece's codes; returns it with the mapped ones. The journal must have the codes already."""
    given: Arrays = {name: getattr(piece, name) for name in COLUMNS}
    top = 1 + max(int(piece.a.max(initial=-1)), int(piece.b.max(initial=-1)))
    key = {"lineage": drawer.lineage, "chunk": piece.key, "top": top, "form": FORM}

    def fill(arrays: Arrays) -> None:
        for name, array in given.items():
            arrays[name][:] = array

    wanted = {name: Wanted(array.dtype, array.shape) for name, array in given.items()}
    made = drawer.make(file_name(piece.key), key, wanted, fill)
    return LinkPiece(piece.key, piece.load, **{name: made[name] for name in COLUMNS}, kept=True)


def find_piece(
    drawer: Drawer, chunk: str, load: Callable[[], pa.Table], known: int
) -> tuple[LinkPiece | None, bool]:
    """Return the piece that was kept, None if there is none, and whether the codes begin another lineage.

    They do when the piece has codes, in our lineage, that are not ``known``: the journal has lost them.
    """
    lost = False

    def fits(key: dict[str, Any]) -> bool:
        nonlocal lost
        ours = key["lineage"] == drawer.lineage and key["chunk"] == chunk and key.get("form") == FORM
        lost = ours and key["top"] > known
        return ours and not lost

    found = drawer.find(file_name(chunk), fits)
    if found is None:
        return None, lost
    arrays = found[1]
    return LinkPiece(chunk, load, **{name: arrays[name] for name in COLUMNS}, kept=True), False


def file_name(chunk: str) -> str:
    """Return the name of the derived file of a chunk of links."""
    return PREFIX + hashlib.sha256(chunk.encode()).hexdigest()[:32]
