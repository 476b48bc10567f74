"""From stored columns to the blocks an analysis folds: masks, gathering, codes, values, sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from tidewheel.analyse.coding import Coder, Namer, coded, numeric, trait
from tidewheel.analyse.contract import Block, Ints, Labels, Plan, Ragged
from tidewheel.analyse.filters import Facts, items_pass, passes, people_pass, split_items
from tidewheel.analyse.question import EventMatch, PeopleFilter, Test
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Span
from tidewheel.core.text import Text
from tidewheel.identify import gather
from tidewheel.identify.gather import Coded, Gatherer, Mask, Rows, room_for
from tidewheel.identify.rare import Few, few
from tidewheel.store.facts import LATEST
from tidewheel.store.reader import RowReader
from tidewheel.store.view import Loaded, Snapshot

ANY = "*"
ALL_BIT = np.uint64(1) << np.uint64(63)
Mapper = Callable[[Callable[[Any], Any], list[Any]], list[Any]]


class Reading:
    """Gathered rows and what was read of them, each once for all the questions that fold them."""

    def __init__(self, snapshot: Snapshot, rows: Rows) -> None:
        self.rows, self._snapshot = rows, snapshot
        self._known: dict[Any, Any] = {}

    @cached_property
    def reader(self) -> RowReader:
        """What reads columns at the rows."""
        return RowReader(self._snapshot, self.rows.segment, self.rows.row)

    def once(self, key: Any, read: Callable[[RowReader, Rows], Any]) -> Any:
        """Return what ``read`` gives, read once a key."""
        if key not in self._known:
            self._known[key] = read(self.reader, self.rows)
        return self._known[key]


class Source:
    """The blocks of one plan over one snapshot: make it, :meth:`ready` it, read its blocks.

    ``chosen`` leaves only these persons (one flag a person) of those who pass ``people``'s tests. ``sets`` are the
    persons of the plan's sets, a bit each; there, persons without a bit are left out instead. ``within``: the
    only persons looked at. ``called``: what blocks call each person; by default its number.
    """

    def __init__(
        self,
        facts: Facts,
        plan: Plan,
        filters: tuple[Test, ...],
        people: PeopleFilter | None,
        *,
        chosen: npt.NDArray[np.bool_] | None = None,
        sets: Ints | None = None,
        within: npt.NDArray[np.bool_] | None = None,
        called: npt.NDArray[np.int32] | None = None,
    ) -> None:
        if len(plan.steps) > 63:
            raise BadInput(
                "too_many_steps",
                Text("A question may have at most 63 different steps.", "一个问题最多包含 63 个不同步骤。"),
                field="steps",
                got=len(plan.steps),
                expected=63,
            )
        self.facts, self._plan, self._filters = facts, plan, filters
        # What rows are called depends on them, so what was read for others cannot be shared.
        self._picked = tuple(one.model_dump_json() for one in facts.picked)
        self._group = Coder(facts, plan.group, "breakdowns") if plan.group else None
        self._key = Coder(facts, plan.key, "hold") if plan.key else None
        self._values = [
            coded(facts, one) if index in plan.coded else numeric(facts, one)
            for index, one in enumerate(plan.values)
        ]
        self._names = [Namer(facts, one) for one in plan.names]
        read = (*plan.group, *plan.key, *plan.values)
        self._items = any(one.scope == "item" for one in read)
        found = [trait(facts, one) for one in plan.traits]
        self.traits, self._traits = tuple(what for what, _ in found), tuple(codes for _, codes in found)
        self.placed = bool(self._group or self._key or self._values or self._names)
        self._people, self._chosen, self._sets = people, chosen, sets
        self._within, self._called = within, called
        self._gatherer: Gatherer | Few | None = None

    @property
    def events(self) -> int:
        """How many facts there are in the months that the time read touches, however files lie."""
        first, last = (_month(moment) for moment in (self._plan.span.start, self._plan.span.end - 1))
        segments = (loaded.segment for loaded in self.facts.snapshot.segments)
        return sum(segment.rows for segment in segments if first <= _month(segment.base) <= last)

    def ready(self, mapper: Mapper) -> None:
        """Find out which rows match. ``mapper`` runs work on segments, maybe in threads."""
        facts, keep = self.facts, self.keep()
        masks = mapper(self._mask, list(facts.snapshot.segments))
        self._gatherer = few(facts.snapshot, facts.people, masks, self._plan.span, keep, mapper) or Gatherer(
            facts.snapshot, facts.people, masks, self._plan.span, keep, places=self.placed
        )

    @property
    def held(self) -> int | None:
        """How many rows there are, once that is known before they are read; None where it is not."""
        return self._gatherer.count if isinstance(self._gatherer, Few) else None

    def keep(self) -> npt.NDArray[np.bool_] | None:
        """Return which persons are looked at; None is everyone."""
        keep = self._chosen
        if self._people and self._people.filters:
            passing = people_pass(self.facts, self._people.filters)
            keep = passing if keep is None else passing & keep
        if self._sets is not None:
            keep = self._sets != 0
        if self._within is not None:
            keep = self._within if keep is None else keep & self._within
        return keep

    @property
    def span(self) -> Span:
        """The time rows are read of."""
        return self._plan.span

    def conditions(self) -> dict[int, list[EventMatch]]:
        """Return the bits of a row, each with the events, with all their tests, that set it."""
        found: dict[int, list[EventMatch]] = {}
        for bit, match, tests in self._matches():
            found.setdefault(bit, []).append(EventMatch(event=match.stored, filters=tests))
        if self._plan.sessions:
            found[63] = [EventMatch(event=ANY)]
        return found

    @property
    def labels(self) -> Labels:
        """Names of group codes."""
        return self._group.labels if self._group else Labels()

    @property
    def names(self) -> tuple[Labels, ...]:
        """What the codes of each naming property stand for."""
        return tuple(one.labels for one in self._names)

    def blocks(self, first: int, last: int) -> Iterator[tuple[Block, int]]:
        """Yield blocks of the persons ``first`` … ``last`` - 1, each with the person reached.

        A block's arrays are good until the next one is asked for.
        """
        for rows, reached in self.rows(first, last):
            block = self.block(Reading(self.facts.snapshot, rows))
            if len(block.people):
                yield block, reached

    def rows(self, first: int, last: int) -> Iterator[tuple[Rows, int]]:
        """Yield the rows of whole persons, each time with the person reached; good until the next are asked for."""
        assert self._gatherer is not None
        buffer = room_for(gather.ROOM)
        while first < last:
            rows, first = self._gatherer.read(first, last, buffer)
            if len(rows.people):
                yield rows, first

    def _matches(self) -> list[tuple[int, EventMatch, tuple[Test, ...]]]:
        return [
            (bit, match, (*match.filters, *self._filters))
            for bit, step in enumerate(self._plan.steps)
            for match in step.any_of
        ]

    def _wanted(
        self, loaded: Loaded
    ) -> tuple[npt.NDArray[Any], list[tuple[Any, npt.NDArray[np.bool_], tuple[Test, ...]]]] | None:
        """Return the bits of each event name, and what must be tested row by row; None: nothing matches."""
        segment, span = loaded.segment, self._plan.span
        if segment.start >= span.end or segment.end < span.start:
            return None
        wide = len(self._plan.steps) > 8 or self._plan.sessions
        dtype = np.uint64 if wide else np.uint8
        table: npt.NDArray[Any] = np.zeros(max(len(segment.names), 1), dtype)
        tested: list[tuple[Any, npt.NDArray[np.bool_], tuple[Test, ...]]] = []
        for bit, match, tests in self._matches():
            hit = np.array([_names(match.stored, name) for name in segment.names], np.bool_)
            if hit.any():
                if tests:
                    tested.append((dtype(1 << bit), hit, tests))
                else:
                    table[hit] |= dtype(1 << bit)
        if self._plan.sessions:
            table[[not name.startswith("$") for name in segment.names]] |= ALL_BIT
        return (table, tested) if table.any() or tested else None

    def _mask(self, loaded: Loaded) -> Mask | None:
        wanted = self._wanted(loaded)
        if wanted is None:
            return None
        segment, (table, tested) = loaded.segment, wanted
        if not tested and segment.event.dtype.itemsize == 1:
            bits = np.zeros(256, np.uint64)
            bits[: len(table)] = table
            return Coded(segment.event, bits)
        mask: npt.NDArray[Any] = table[segment.event]
        for bit, hit, tests in tested:
            rows = np.flatnonzero(hit[segment.event])
            mask[rows[passes(self.facts, tests, loaded, rows)]] |= bit
        return mask

    def block(self, read: Reading) -> Block:
        """Return the block of some rows: their codes, values and sessions read."""
        rows, plan = read.rows, self._plan
        session: Ints | None = None
        if plan.sessions:
            session = number_sessions(rows.offsets, rows.time, plan.session_gap)
            rows, session = _without_others(rows, session)
            read = Reading(self.facts.snapshot, rows)
        people = rows.people if self._called is None else self._called[rows.people]
        block = Block(people, rows.offsets, rows.time, rows.match, session=session)
        if self._traits or self._sets is not None:
            block = replace(
                block,
                traits=tuple(codes[rows.people] for codes in self._traits),
                sets=None if self._sets is None else self._sets[rows.people],
            )
        if not self.placed:
            return block
        group, key = self._group, self._key
        return replace(
            block,
            group=read.once(("codes", plan.group, self._picked), group.codes) if group else None,
            key=read.once(("key", plan.key, self._picked), partial(key.codes, complete=True))
            if key
            else None,
            values=tuple(
                read.once(("value", one, at in plan.coded, self._picked), reads)
                for at, (one, reads) in enumerate(zip(plan.values, self._values, strict=True))
            ),
            names=tuple(
                read.once(("codes" if len(one) == 1 else "names", one, self._picked), names.codes)
                for one, names in zip(plan.names, self._names, strict=True)
            ),
            item_match=Ragged(*read.reader.items(self._item_bits, np.uint64)) if self._items else None,
        )

    def _item_bits(self, loaded: Loaded, inner: Ints) -> npt.NDArray[np.uint64]:
        bits = np.zeros(len(inner), np.uint64)
        for bit, _, tests in self._matches():
            _, item = split_items(tests)
            hit = items_pass(self.facts, item, loaded, inner) if item else np.ones(len(inner), np.bool_)
            bits |= hit.astype(np.uint64) << np.uint64(bit)
        return bits


def _names(wanted: str, name: str) -> bool:
    return not name.startswith("$") if wanted == ANY else name == wanted


@njit(nogil=True, cache=True)
def number_sessions(offsets: Ints, time: Ints, gap: int) -> Ints:
    """Number each person's sessions from 0: a pause longer than ``gap`` ms starts a new one."""
    out = np.empty(time.shape[0], np.int64)
    for person in range(offsets.shape[0] - 1):
        session = 0
        for i in range(offsets[person], offsets[person + 1]):
            if i > offsets[person] and time[i] - time[i - 1] > gap:
                session += 1
            out[i] = session
    return out


def _month(moment: int) -> int:
    return int(np.datetime64(min(max(moment, 0), LATEST), "ms").astype("datetime64[M]").astype(np.int64))


def _without_others(rows: Rows, session: Ints) -> tuple[Rows, Ints]:
    """Drop the rows that were read only to find the sessions."""
    match = rows.match & ~ALL_BIT
    keep = match != 0
    kept = np.concatenate((np.zeros(1, np.int64), np.cumsum(keep)))
    counts = kept[rows.offsets[1:]] - kept[rows.offsets[:-1]]
    some = counts > 0
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts[some])))
    segment, row = (rows.segment[keep], rows.row[keep]) if len(rows.row) else (rows.segment, rows.row)
    return Rows(rows.people[some], offsets, rows.time[keep], match[keep], segment, row), session[keep]
