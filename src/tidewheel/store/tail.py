"""Accepted events that are not in the lake yet, in memory, as chunks the view can show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa

from tidewheel.store.links import LINK_SCHEMA, earliest_links
from tidewheel.store.order import ids_of, join, sorted_events
from tidewheel.store.view import Chunk, Known

ALIKE: Final = 4
"""Pieces of similar size that are merged at once: with more of them a row is merged less often, and questions read more pieces."""
LEAST: Final = 0.1
MOST: Final = 0.8
"""Seconds from one state of the view to the next under load, at least and at most."""
SHARE: Final = 0.2
"""Of the time, what making states of the view may take: many small ones cost more than few large ones."""
_NONE: Final = np.zeros(0, np.bool_)


@dataclass(frozen=True, slots=True)
class Piece:
    """Sorted events and their links under one key."""

    key: str
    events: pa.Table
    links: pa.Table

    def chunks(self) -> tuple[list[Chunk], list[Chunk]]:
        """Return what the view should show: events, links."""
        return _chunk(self.key, self.events), _chunk(self.key, self.links)


@dataclass(slots=True)
class Tail:
    """Pieces in order of arrival, few of them: when the last :data:`ALIKE` are of similar size, they are merged.

    ``sequence`` is the last batch of the inbox taken in; ``since`` says when the first row came.
    """

    identity: str
    sequence: int = 0
    since: float | None = None
    attempt: int = 0
    pieces: list[Piece] = field(default_factory=list)
    sifted: int = 0

    @property
    def rows(self) -> int:
        """Events held."""
        return sum(piece.events.num_rows for piece in self.pieces)

    def add(self, events: pa.Table, links: pa.Table, sequence: int, now: float) -> None:
        """Take in events up to batch ``sequence``."""
        self.sequence = sequence
        if self.since is None:
            self.since = now
        if events.num_rows == 0 and links.num_rows == 0:
            return
        self.pieces.append(Piece(self._key(events.num_rows), sorted_events(events), links))
        while (
            len(self.pieces) >= ALIKE
            and self.pieces[-ALIKE].events.num_rows < ALIKE * self.pieces[-1].events.num_rows
        ):
            self.pieces[-ALIKE:] = [self._merge(self.pieces[-ALIKE:])]

    def copy(self) -> Tail:
        """Return the present state to go back to; what is added afterwards gets other keys then."""
        return Tail(
            self.identity, self.sequence, self.since, self.attempt + 1, list(self.pieces), self.sifted
        )

    def sift(self, known: Known) -> None:
        """Drop the events that are known to be elsewhere; their links stay, which may be there twice."""
        for place, piece in enumerate(self.pieces):
            there = known(piece.events["actor"], ids_of(piece.events)) if piece.events.num_rows else _NONE
            if there.any():
                self.sifted += 1
                rows = piece.events.filter(pa.array(~there))
                self.pieces[place] = Piece(self._key(rows.num_rows), rows, piece.links)

    def whole(self) -> Piece:
        """Return everything held as one piece."""
        return self._merge(self.pieces) if self.pieces else Piece("", pa.table({}), LINK_SCHEMA.empty_table())

    def events_of(self, whole: Piece) -> pa.Table:
        """Return the events of :meth:`whole` as they are by now."""
        return whole.events if whole.events.num_rows == self.rows else self.whole().events

    def chunks(self) -> tuple[list[Chunk], list[Chunk]]:
        """Return what the view should show: events, links."""
        shown = [piece.chunks() for piece in self.pieces]
        return [chunk for events, _ in shown for chunk in events], [
            chunk for _, links in shown for chunk in links
        ]

    def _merge(self, pieces: list[Piece]) -> Piece:
        if len(pieces) == 1:
            return pieces[0]
        events = sorted_events(join([piece.events for piece in pieces]))
        links = earliest_links(pa.concat_tables([piece.links for piece in pieces]))
        return Piece(self._key(events.num_rows), events, links)

    def _key(self, rows: int) -> str:
        return f"tail-{self.identity}-{self.sequence}-{rows}-{self.attempt}-{self.sifted}"


def pace(took: float) -> float:
    """Return the seconds from the beginning of a state that took so long to make to that of the next."""
    return min(MOST, max(LEAST, took / SHARE))


def _chunk(key: str, table: pa.Table) -> list[Chunk]:
    if table.num_rows == 0:
        return []
    load: Callable[[], pa.Table] = lambda: table  # noqa: E731 - a default argument would break the type
    return [Chunk(key, load, durable=False)]
