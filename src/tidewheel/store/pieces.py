"""Link facts as chunks of codes, and keeping these so that a start need not look up every identifier again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.store.columns.derived import Arrays, Drawer, Wanted

PREFIX: Final = "links-"
LINK_SCHEMA: Final = pa.schema(
    [
        ("a", pa.string()),
        ("b", pa.string()),
        ("time", pa.timestamp("ms", "UTC")),
        ("id", pa.int64()),
        ("source", pa.string()),
        ("rule", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class LinkPiece:
    """The link facts of one chunk: the actor codes of their ends, times, and ids of their events."""

    key: str
    load: Callable[[], pa.Table]
    a: npt.NDArray[np.int32]
    b: npt.NDArray[np.int32]
    time: npt.NDArray[np.int64]
    id: npt.NDArray[np.uint64]
    kept: bool = False
    """Whether the codes are on disk under the key."""

    @property
    def table(self) -> pa.Table:
        """The facts in words, read where they lie."""
        return link_table(self.load())


def link_table(rows: pa.Table) -> pa.Table:
    """Return link facts in the form all pieces have."""
    return pa.concat_tables(
        [LINK_SCHEMA.empty_table(), rows.select(LINK_SCHEMA.names).cast(LINK_SCHEMA)]
    ).combine_chunks()


def keep_piece(drawer: Drawer, piece: LinkPiece) -> LinkPiece:
    """Keep a piece's codes; returns it with the mapped ones. The journal must have the codes already."""
    given: Arrays = {"a": piece.a, "b": piece.b, "time": piece.time, "id": piece.id}
    top = 1 + max(int(piece.a.max(initial=-1)), int(piece.b.max(initial=-1)))
    key = {"lineage": drawer.lineage, "chunk": piece.key, "top": top}

    def fill(arrays: Arrays) -> None:
        for name, array in given.items():
            arrays[name][:] = array

    wanted = {name: Wanted(array.dtype, array.shape) for name, array in given.items()}
    made = drawer.make(file_name(piece.key), key, wanted, fill)
    return LinkPiece(piece.key, piece.load, made["a"], made["b"], made["time"], made["id"], kept=True)


def find_piece(
    drawer: Drawer, chunk: str, load: Callable[[], pa.Table], known: int
) -> tuple[LinkPiece | None, bool]:
    """Return the piece that was kept, None if there is none, and whether the codes begin another lineage.

    They do when the piece has codes, in our lineage, that are not ``known``: the journal has lost them.
    """
    lost = False

    def fits(key: dict[str, Any]) -> bool:
        nonlocal lost
        ours = key["lineage"] == drawer.lineage and key["chunk"] == chunk
        lost = ours and key["top"] > known
        return ours and not lost

    found = drawer.find(file_name(chunk), fits)
    if found is None:
        return None, lost
    arrays = found[1]
    return LinkPiece(chunk, load, arrays["a"], arrays["b"], arrays["time"], arrays["id"], kept=True), False


def file_name(chunk: str) -> str:
    """Return the name of the derived file of a chunk of links."""
    return PREFIX + hashlib.sha256(chunk.encode()).hexdigest()[:32]
