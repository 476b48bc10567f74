"""One pass over the persons for several questions: rows are gathered once, dealt out, and folded by each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.blocks import ANY, Mapper, Reading, Source
from tidewheel.analyse.contract import Plan
from tidewheel.analyse.executor import Watch
from tidewheel.analyse.fold import Opened
from tidewheel.analyse.kernels.dealing import Words, deal
from tidewheel.analyse.question import Step
from tidewheel.core.period import Span
from tidewheel.identify.gather import ROOM, Rows
from tidewheel.identify.rare import seldom

MOST: Final = 24
"""Questions of one pass. Each holds room for one block a thread, up to 3 MiB."""
CONDITIONS: Final = 63
TESTED: Final = 8
"""Conditions of a pass in which some are tested row by row, so that a mask takes one byte a row."""
Shards = Callable[[int, int | None], list[tuple[int, int]]]


@dataclass(eq=False, slots=True)
class Member:
    """A question that is being answered. ``alone``: no pass took it, it must be asked by itself."""

    opened: Opened
    watch: Watch
    parts: list[Any] = field(default_factory=list)
    error: Exception | None = None
    alone: bool = False
    done: threading.Event = field(default_factory=threading.Event)

    def fail(self, error: Exception) -> None:
        """Give up; whoever waits is told at once."""
        self.error = error
        self.done.set()

    def leave(self) -> None:
        """Ask by itself, unless it is done."""
        if not self.done.is_set():
            self.alone = True
            self.done.set()

    def total(self) -> Any:
        """Return the sum of the parts."""
        found = self.opened.empty()
        for part in self.parts:
            found = found.merge(part)
        return found


class Pass:
    """Reads for several members what any of them needs; a member that fails or is cancelled drops out."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        sources = [member.opened.source for member in members]
        conditions: dict[str, Step] = {}
        ways: dict[Any, Way] = {}
        keeps = [source.keep() for source in sources]
        for member, source, keep in zip(members, sources, keeps, strict=True):
            bits = source.conditions()
            needs = np.zeros(len(bits), np.uint64)
            for place, matches in enumerate(bits.values()):
                for match in matches:
                    key = match.model_dump_json()
                    conditions.setdefault(key, Step(any_of=(match,)))
                    needs[place] |= np.uint64(1 << list(conditions).index(key))
            told = None if keep is None else keep.tobytes()
            way = ways.setdefault(
                (needs.tobytes(), *bits, source.span, told),
                Way([], needs, np.array(list(bits), np.uint64), source.span, keep),
            )
            way.members.append(member)
        self._ways = list(ways.values())
        some = [keep for keep in keeps if keep is not None]
        span = Span(min(source.span.start for source in sources), max(source.span.end for source in sources))
        self._source = Source(
            sources[0].facts,
            Plan(steps=tuple(conditions.values()), span=span),
            (),
            None,
            chosen=np.logical_or.reduce(some) if len(some) == len(keeps) else None,
        )
        self._source.placed = any(source.placed for source in sources)
        self._people = members[0].opened.people.count
        self._read, self._lock = 0, threading.Lock()

    def run(self, mapper: Mapper, shards: Shards) -> None:
        """Read everyone; afterwards each member is done, or has failed."""
        self._source.ready(mapper)
        mapper(self._shard, shards(self._people, self._source.held))
        for member in self._members:
            member.done.set()

    def _shard(self, bounds: tuple[int, int]) -> None:
        hands = [Hand(way) for way in self._ways]
        reached = bounds[0]
        for rows, following in self._source.rows(*bounds):
            hands = [hand for hand in hands if hand.take(rows)]
            with self._lock:
                self._read += following - reached
            reached = following
            for hand in hands:
                hand.reached(self._read / max(self._people, 1))
            if not hands:
                return
        for hand in hands:
            hand.close()


@dataclass(frozen=True, slots=True)
class Way:
    """Members that read the same rows, and which: see ``kernels.dealing.deal``. ``keep`` None is everyone."""

    members: list[Member]
    needs: Words
    shift: Words
    span: Span
    keep: npt.NDArray[np.bool_] | None

    @property
    def placed(self) -> bool:
        """Whether one of them needs to know where rows are."""
        return any(member.opened.source.placed for member in self.members)


class Hand:
    """The rows of one way in one thread, folded by all its members whenever there is no room for more."""

    def __init__(self, way: Way) -> None:
        self._way, self._placed = way, way.placed
        self._keep = np.zeros(0, np.bool_) if way.keep is None else way.keep
        self._parts = [(member, [member.opened.empty()]) for member in way.members]
        self._people, self._rows = 0, 0
        self._room = self._make(ROOM)

    def _make(self, rows: int) -> Rows:
        placed = rows if self._placed else 0
        return Rows(
            np.empty(rows, np.int32), np.zeros(rows + 1, np.int64), np.empty(rows, np.int64),
            np.empty(rows, np.uint64), np.empty(placed, np.int32), np.empty(placed, np.int64),
        )  # fmt: skip

    def take(self, rows: Rows) -> bool:
        """Take what is of the members; False when all have dropped out."""
        for member, _ in self._parts:
            if member.error is None:
                _try(member, member.watch.check)
        if all(member.error for member, _ in self._parts):
            return False
        if self._rows + len(rows.time) > len(self._room.time):
            self._fold()
        if len(rows.time) > len(self._room.time):
            self._room = self._make(len(rows.time))
        room, way = self._room, self._way
        self._people, self._rows = deal(
            rows.people, rows.offsets, rows.time, rows.match, rows.segment, rows.row,
            way.needs, way.shift, way.span.start, way.span.end, self._keep, self._people, self._rows,
            room.people, room.offsets, room.time, room.match, room.segment, room.row,
        )  # fmt: skip
        return True

    def reached(self, share: float) -> None:
        """Tell the members how far it is."""
        for member, _ in self._parts:
            member.watch.reached(share)

    def close(self) -> None:
        """Fold the rest."""
        self._fold()
        for member, (part,) in self._parts:
            member.parts.append(part)

    def _fold(self) -> None:
        people, end, room = self._people, self._rows, self._room
        if not people:
            return
        placed = end if self._placed else 0
        rows = Rows(
            room.people[:people], room.offsets[: people + 1], room.time[:end],
            room.match[:end], room.segment[:placed], room.row[:placed],
        )  # fmt: skip
        read = Reading(self._parts[0][0].opened.snapshot, rows)
        for member, part in self._parts:
            if member.error is None:
                _try(member, partial(_add, member.opened, read, part))
        self._people = self._rows = 0


def _add(opened: Opened, read: Reading, total: list[Any]) -> None:
    block = opened.source.block(read)
    if len(block.people):
        total[0] = total[0].merge(opened.part(block))


def _try(member: Member, work: Callable[[], None]) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - it is its asker's, and raised there
        member.fail(error)


def together(members: Sequence[Member]) -> list[list[Member]]:
    """Deal questions to passes: as many to each as its conditions fit.

    Those with tests row by row go apart from those without, and those of few events (see ``identify.rare``) from
    those for whom every person is walked.
    """
    found: list[tuple[tuple[bool, bool], set[str], list[Member]]] = []
    for member in members:
        source = member.opened.source
        matches = [match for any_of in source.conditions().values() for match in any_of]
        names = {match.event for match in matches}
        tested = any(match.filters for match in matches)
        kind = tested, ANY not in names and seldom(member.opened.snapshot, names, source.span)
        own, room = {match.model_dump_json() for match in matches}, TESTED if tested else CONDITIONS
        for other, known, group in found:
            if other == kind and own and len(known | own) <= room and len(group) < MOST:
                known |= own  # noqa: PLW2901 - in place
                group.append(member)
                break
        else:
            found.append((kind, own, [member]))
    return [group for _, _, group in found]
