"""Which facts an answer saw, said so that they can be found again however files lie by then.

A store stamps facts with the moment it took them in (``received``): later ones later, even numbers for what comes through
the inbox, odd ones for loads of files, which pass it by. A *point* names the last stamp of either that was seen. What has a
stamp from before the store's first, such as a history that was loaded into it, was there from the beginning.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.store.links import SIGNED_IN
from tidewheel.store.view import Chunk, Snapshot, View

IN_MEMORY: Final = 2_000_000
"""Most facts whose columns are made in memory, and kept there; more get a folder that goes with them."""
_POINT: Final = re.compile(r"(\d+)-(\d+)-(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Point:
    """The last stamps that were seen, of the inbox and of loads; ``facts`` counts what they stand for."""

    first: int
    inbox: int
    load: int
    facts: int

    @classmethod
    def read(cls, text: str | None) -> Point | None:
        """Undo ``Snapshot.receipt``; None for what is no receipt."""
        found = _POINT.fullmatch(text or "")
        return cls(*map(int, found.groups())) if found else None

    def seen(self, rows: pa.Table) -> npt.NDArray[np.bool_]:
        """Return which facts, with ``received``, had been taken in."""
        stamps: npt.NDArray[np.int64] = (
            rows["received"].cast(pa.timestamp("ms", "UTC")).cast(pa.int64()).to_numpy()
        )
        return (stamps < self.first) | (stamps <= np.where(stamps & 1, self.load, self.inbox))


@dataclass(frozen=True, slots=True)
class Arrived:
    """Facts of one source that were taken in between two points, and when (ms since 1970)."""

    source: str
    facts: int
    first: int
    last: int


@contextmanager
def then(snapshot: Snapshot, point: Point, links: Point | None = None) -> Iterator[Snapshot]:
    """Yield what was to be seen at a point, made of what is there now; ``links`` gives these a point of their own.

    The snapshot's receipt counts the facts that were found: fewer than the point says were erased since.
    """
    links = links or point
    if links == point and snapshot.receipt == _text(point):
        yield snapshot
        return
    if snapshot.rows <= IN_MEMORY:
        yield _remembered(snapshot, point, links)
        return
    home = snapshot.kept.drawer.folder
    with tempfile.TemporaryDirectory(prefix="then-", dir=home.parent if home else None) as folder:
        yield _view(Path(folder), snapshot, point, links)


def arrived(snapshot: Snapshot, before: Point, after: Point) -> list[Arrived]:
    """Return what was taken in after one point and up to another, by source."""
    found: dict[str, list[npt.NDArray[np.int64]]] = {}
    for chunk in snapshot.chunks:
        rows = chunk.load().select(["source", "received"])
        late = rows.filter(pa.array(after.seen(rows) & ~before.seen(rows)))
        names = late["source"].cast(pa.string()).to_pylist()
        stamps = late["received"].cast(pa.timestamp("ms", "UTC")).cast(pa.int64()).to_numpy()
        for name in set(names):
            own = stamps[np.array([one == name for one in names], np.bool_)]
            found.setdefault(name, []).append(own)
    whole = {name: np.concatenate(parts) for name, parts in found.items()}
    return [
        Arrived(name, len(stamps), int(stamps.min()), int(stamps.max()))
        for name, stamps in sorted(whole.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    ]


def linked(snapshot: Snapshot, before: Point, after: Point) -> int:
    """Return how many links were taken in after one point and up to another."""
    rows = snapshot.links()
    rows = rows.filter(pc.not_equal(rows["rule"], SIGNED_IN))
    return int((after.seen(rows) & ~before.seen(rows)).sum())


def _remembered(snapshot: Snapshot, point: Point, links: Point) -> Snapshot:
    """Keep what was made beside the snapshot, while all of it together is small."""
    with snapshot.lock:
        made: dict[tuple[Point, Point], Snapshot] = snapshot.memo.setdefault("then", {})
        found = made.get((point, links))
        if found is None:
            found = _view(None, snapshot, point, links)
            if sum(one.rows for one in made.values()) + found.rows > IN_MEMORY:
                made.clear()
            made[point, links] = found
        return found


def _view(folder: Path | None, snapshot: Snapshot, point: Point, links: Point) -> Snapshot:
    view = View(folder)
    view.rule(snapshot.rules)
    events = [
        Chunk(f"{one.key}~then", partial(_cut, one.load, point), durable=True) for one in snapshot.chunks
    ]
    facts = [Chunk("links~then", partial(_cut, snapshot.links, links), durable=True)]
    view.enrich(snapshot.enricher)
    view.replace(events, facts, (point.first, point.inbox, point.load))
    view.hide(snapshot.actors.strings(snapshot.hidden))
    return view.snapshot()


def _cut(load: Callable[[], pa.Table], point: Point) -> pa.Table:
    rows = load()
    return rows.filter(pa.array(point.seen(rows)))


def _text(point: Point) -> str:
    return f"{point.first}-{point.inbox}-{point.load}-{point.facts}"
