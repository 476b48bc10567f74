"""The worker's side of a fold spread over machines: holds shards, answers for them, says what it lacks.

Nothing is ever pushed to a worker: it answers a request or names what it must be told first. So a worker
that was replaced needs nothing but the next request.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.analyse.executor import Stop, Watch
from tidewheel.analyse.fold import Fold
from tidewheel.identify.shard import Dealer, Shard
from tidewheel.store.agreement import Agreement, Lacking, Words
from tidewheel.store.columns.strings import Interner
from tidewheel.store.enriched import Enricher
from tidewheel.store.view import Snapshot

Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
STATES: Final = 2
"""Snapshots of the whole whose shards are kept ready."""
STOPS: Final = 1000


@dataclass(frozen=True, slots=True)
class Piece:
    """One chunk of the snapshot. ``load`` finds its rows from anywhere; None: they must be told."""

    key: str
    durable: bool
    load: Callable[[], pa.Table] | None


@dataclass(frozen=True, slots=True)
class Request:
    """A fold over shards of one snapshot of one placement (see ``identify.placement``)."""

    id: str
    view: str
    placement: str
    version: str
    data: str
    pieces: tuple[Piece, ...]
    fold: Fold
    agreed: dict[Agreement, Any]
    chosen: Codes | None
    """Who segments leave, by what they are called; None is everyone."""
    sets: tuple[Codes, Ints] | None
    """Those who are in some of the plan's sets, ascending by what they are called, and in which, a bit each."""
    rules: str = ""
    """The version of the rules by which columns are worked out; empty: none are."""


@dataclass(frozen=True, slots=True)
class RowsOf:
    """A want: the rows of a chunk."""

    key: str


@dataclass(frozen=True, slots=True)
class RosterOf:
    """A want: who the actors of a shard belong to, since version ``since``."""

    shard: int
    since: str | None


@dataclass(frozen=True, slots=True)
class RulesOf:
    """A want: the rules by which columns are worked out."""

    version: str


Want: TypeAlias = Agreement | Words | RowsOf | RosterOf | RulesOf


@dataclass(frozen=True, slots=True)
class Wants:
    """An answer: ask again when this has been told."""

    wants: tuple[Want, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """An answer: the merged part of the shards asked; ``data`` names the snapshot it was folded from."""

    part: Any
    data: str


@dataclass(slots=True)
class _State:
    """One snapshot of the whole: its shards, and what the whole has agreed on."""

    agreed: dict[Agreement, Any] = field(default_factory=dict)
    shards: dict[int, tuple[Snapshot, Codes]] = field(default_factory=dict)


class _Scope:
    """Everything of one placement."""

    def __init__(self, placement: str, folder: Path | None) -> None:
        self.placement, self.folder = placement, folder
        self.lock = threading.RLock()
        self.words: dict[str, Interner] = {}
        self.dealer = Dealer()
        self.rows: dict[str, pa.Table] = {}
        self.rules: dict[str, Enricher | None] = {"": None}
        self.states: dict[tuple[str, str], _State] = {}
        self.shards: dict[int, Shard] = {}

    def shard(self, number: int) -> Shard:
        if number not in self.shards:
            folder = None if self.folder is None else self.folder / str(number)
            self.shards[number] = Shard(folder, self.words)
        return self.shards[number]

    def state(self, request: Request) -> _State:
        key = (request.version, request.data)
        found = self.states.pop(key, None) or _State()
        self.states[key] = found
        while len(self.states) > STATES:
            del self.states[next(iter(self.states))]
        fresh = {want: told for want, told in request.agreed.items() if want not in found.agreed}
        found.agreed.update(fresh)
        for snapshot, _ in found.shards.values():
            snapshot.memo.update(fresh)
        return found

    def tell(self, request: Request, want: Want, told: Any) -> None:
        """Be told what was wanted."""
        if isinstance(want, RowsOf):
            self.rows[want.key] = told
        elif isinstance(want, RulesOf):
            self.rules = {"": None, want.version: told}
        elif isinstance(want, RosterOf):
            self.dealer.learn(told.actors, want.shard)
            self.shard(want.shard).tell(told)
        elif isinstance(want, Words):
            self.words.setdefault(want.column, Interner()).codes(told, add=True)
        else:
            state = self.state(request)
            state.agreed[want] = told
            for snapshot, _ in state.shards.values():
                snapshot.memo[want] = told

    def ready(self, request: Request, own: Sequence[int]) -> list[Want]:
        """Bring the own shards to the snapshot of the request; returns what it must be told first."""
        state = self.state(request)
        for gone in set(self.shards) - set(own):
            del self.shards[gone]
        for old in self.states.values():
            for gone in set(old.shards) - set(own):
                del old.shards[gone]
        shards = {number: self.shard(number) for number in own if number not in state.shards}
        if not shards:
            return []
        wants: list[Want] = [] if request.rules in self.rules else [RulesOf(request.rules)]
        wants += [
            RosterOf(number, shard.version)
            for number, shard in shards.items()
            if shard.version != request.version
        ]
        wants += [
            RowsOf(piece.key)
            for piece in request.pieces
            if piece.load is None
            and piece.key not in self.rows
            and any(shard.lacks(piece.key) for shard in shards.values())
        ]
        if wants:
            return wants
        for piece in request.pieces:
            lacking = [number for number, shard in shards.items() if shard.lacks(piece.key)]
            if lacking:
                rows = self.rows[piece.key] if piece.load is None else piece.load()
                for number, own_rows in self.dealer.deal(rows, lacking).items():
                    shards[number].take(piece.key, own_rows, durable=piece.durable)
        shown = [(piece.key, piece.durable) for piece in request.pieces]
        for number, shard in shards.items():
            state.shards[number] = shard.snapshot(shown, dict(state.agreed), self.rules[request.rules])
        for piece in request.pieces:
            self.rows.pop(piece.key, None)
        return []


class Worker:
    """Answers for its shards. ``folder`` holds the column files; None keeps all in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._scopes: dict[str, _Scope] = {}
        self._stops: dict[str, Stop] = {}
        self._lock = threading.Lock()

    def fold(
        self,
        request: Request,
        own: Sequence[int],
        shards: Sequence[int],
        wanted: Sequence[Want] = (),
        told: Sequence[Any] = (),
    ) -> Done | Wants:
        """Fold some of the shards that are its own, or say what it must be told first.

        ``told`` is what was ``wanted``, in the same order.
        """
        scope = self._scope(request)
        with self._lock:
            stop = self._stops.setdefault(request.id, Stop())
            while len(self._stops) > STOPS:
                del self._stops[next(iter(self._stops))]
        with scope.lock:
            for want, answer in zip(wanted, told, strict=True):
                scope.tell(request, want, answer)
            wants = scope.ready(request, own)
            if wants:
                return Wants(tuple(wants))
            held = [scope.state(request).shards[number] for number in shards]
        try:
            return Done(_fold(held, request, Watch(stop)), request.data)
        except Lacking as lacking:
            return Wants((lacking.want,))

    def stop(self, request: str) -> None:
        """Give up a request."""
        with self._lock:
            self._stops.setdefault(request, Stop()).set()

    def held(self) -> dict[str, list[int]]:
        """Return the shards that are ready, by the snapshot they show; the latest last."""
        with self._lock:
            scopes = list(self._scopes.values())
        return {
            data: sorted(state.shards) for scope in scopes for (_, data), state in list(scope.states.items())
        }

    def _scope(self, request: Request) -> _Scope:
        with self._lock:
            scope = self._scopes.get(request.view)
            if scope is None or scope.placement != request.placement:
                if scope is not None and scope.folder is not None:
                    shutil.rmtree(scope.folder, ignore_errors=True)
                folder = None if self._folder is None else self._folder / request.placement
                scope = self._scopes[request.view] = _Scope(request.placement, folder)
            return scope


def _fold(held: Sequence[tuple[Snapshot, Codes]], request: Request, watch: Watch) -> Any:
    total: Any = None
    for snapshot, called in held:
        chosen = None if request.chosen is None else np.isin(called, request.chosen)
        sets = None if request.sets is None else _bits(called, *request.sets)
        opened = request.fold.open(snapshot, chosen=chosen, sets=sets, called=called)
        total = opened.empty() if total is None else total
        opened.source.ready(lambda work, parts: [work(part) for part in parts])
        for block, _ in opened.source.blocks(0, opened.people.count):
            watch.check()
            total = total.merge(opened.part(block))
    return total


def _bits(called: Codes, names: Codes, bits: Ints) -> Ints:
    """Return each person's bits; 0 for who is not named."""
    found = np.zeros(len(called), np.int64)
    if len(names):
        at = np.minimum(np.searchsorted(names, called), len(names) - 1)
        found = np.where(names[at] == called, bits[at], 0)
    return found
