"""The worker's side of a fold spread over machines: holds shards, answers for them, says what it lacks.

Nothing is ever pushed to a worker: it answers a request or names what it must be told first. So a worker
that was replaced needs nothing but the next request.
"""

from __future__ import annotations

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
from tidewheel.identify.placement import Roster
from tidewheel.identify.shard import Shard
from tidewheel.store.agreement import Agreement, Lacking, Words
from tidewheel.store.columns.strings import Interner
from tidewheel.store.view import Snapshot

Codes = npt.NDArray[np.int32]
STATES: Final = 2
"""Snapshots of the whole whose shards are kept ready."""


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
    placement: str
    version: str
    data: str
    pieces: tuple[Piece, ...]
    fold: Fold
    agreed: dict[Agreement, Any]


@dataclass(frozen=True, slots=True)
class RowsOf:
    """A want: the rows of a chunk."""

    key: str


@dataclass(frozen=True, slots=True)
class RosterOf:
    """A want: who the actors of a shard belong to, since version ``since``."""

    shard: int
    since: str | None


Want: TypeAlias = Agreement | Words | RowsOf | RosterOf


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

    def __init__(self, folder: Path | None) -> None:
        self.lock = threading.RLock()
        self.words: dict[str, Interner] = {}
        self.rows: dict[str, pa.Table] = {}
        self.states: dict[tuple[str, str], _State] = {}
        self.shards: dict[int, Shard] = {}
        self._folder = folder

    def shard(self, number: int) -> Shard:
        if number not in self.shards:
            folder = None if self._folder is None else self._folder / str(number)
            self.shards[number] = Shard(folder, self.words)
        return self.shards[number]

    def state(self, request: Request) -> _State:
        key = (request.version, request.data)
        found = self.states.pop(key, None) or _State()
        self.states[key] = found
        while len(self.states) > STATES:
            del self.states[next(iter(self.states))]
        found.agreed.update(request.agreed)
        return found


class Worker:
    """Answers for its shards. ``folder`` holds the column files; None keeps all in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._scopes: dict[str, _Scope] = {}
        self._stops: dict[str, Stop] = {}
        self._lock = threading.Lock()

    def fold(self, request: Request, own: Sequence[int], shards: Sequence[int]) -> Done | Wants:
        """Fold some of the shards that are its own, or say what it must be told first."""
        scope = self._scope(request.placement)
        with self._lock:
            stop = self._stops.setdefault(request.id, Stop())
        with scope.lock:
            state, wants = self._ready(scope, request, own)
        if wants:
            return Wants(tuple(wants))
        try:
            return Done(self._fold(state, request.fold, shards, Watch(stop)), request.data)
        except Lacking as lacking:
            return Wants((lacking.want,))
        finally:
            with self._lock:
                while len(self._stops) > 1000:
                    del self._stops[next(iter(self._stops))]

    def tell(self, request: Request, want: Want, told: Any) -> None:
        """Be told what was wanted."""
        scope = self._scope(request.placement)
        with scope.lock:
            if isinstance(want, RowsOf):
                scope.rows[want.key] = told
            elif isinstance(want, RosterOf):
                self._roster(scope, want.shard, told)
            elif isinstance(want, Words):
                scope.words.setdefault(want.column, Interner()).codes(told, add=True)
            else:
                state = scope.state(request)
                state.agreed[want] = told
                for snapshot, _ in state.shards.values():
                    snapshot.memo[want] = told

    def stop(self, request: str) -> None:
        """Give up a request."""
        with self._lock:
            self._stops.setdefault(request, Stop()).set()

    def held(self) -> dict[str, dict[str, list[int]]]:
        """Return the shards held of each placement, by the snapshot they show."""
        return {
            name: {data: sorted(state.shards) for (_, data), state in scope.states.items()}
            for name, scope in self._scopes.items()
        }

    def _scope(self, placement: str) -> _Scope:
        with self._lock:
            if placement not in self._scopes:
                self._scopes[placement] = _Scope(
                    None if self._folder is None else self._folder / placement
                )
            return self._scopes[placement]

    def _ready(self, scope: _Scope, request: Request, own: Sequence[int]) -> tuple[_State, list[Want]]:
        """Bring the own shards to the snapshot of the request."""
        state = scope.state(request)
        for gone in set(scope.shards) - set(own):
            del scope.shards[gone]
        for old in scope.states.values():
            for gone in set(old.shards) - set(own):
                del old.shards[gone]
        missing = [number for number in own if number not in state.shards]
        if not missing:
            return state, []
        shards = {number: scope.shard(number) for number in missing}
        wants: list[Want] = [
            RosterOf(number, shard.version)
            for number, shard in shards.items()
            if shard.version != request.version
        ]
        wants += [
            RowsOf(piece.key)
            for piece in request.pieces
            if piece.load is None
            and piece.key not in scope.rows
            and any(shard.lacks(piece.key) for shard in shards.values())
        ]
        if wants:
            return state, wants
        for piece in request.pieces:
            lacking = [shard for shard in shards.values() if shard.lacks(piece.key)]
            if lacking:
                rows = scope.rows[piece.key] if piece.load is None else piece.load()
                for shard in lacking:
                    shard.take(piece.key, rows, durable=piece.durable)
        shown = [(piece.key, piece.durable) for piece in request.pieces]
        for number, shard in shards.items():
            state.shards[number] = shard.snapshot(shown, dict(state.agreed))
        scope.rows = {}
        return state, []

    @staticmethod
    def _roster(scope: _Scope, number: int, told: Roster) -> None:
        scope.shard(number).tell(told)

    @staticmethod
    def _fold(state: _State, fold: Fold, shards: Sequence[int], watch: Watch) -> Any:
        total: Any = None
        for number in shards:
            snapshot, called = state.shards[number]
            opened = fold.open(snapshot, called=called)
            total = opened.empty() if total is None else total
            opened.source.ready(lambda work, parts: [work(part) for part in parts])
            for block, _ in opened.source.blocks(0, opened.people.count):
                watch.check()
                total = total.merge(opened.part(block))
        return total
