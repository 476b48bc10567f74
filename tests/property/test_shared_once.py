"""Servers and collectors that share a lake: whoever is sent an event, and how often, it counts once everywhere."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given
from hypothesis import settings as run_with
from hypothesis import strategies as st

from tests.unit.store.builders import NOVEMBER, event, settings
from tidewheel.store.project import ProjectStore

SERVERS, COLLECTORS = ("anna", "bea"), ("cleo", "dora")
ALL = (*SERVERS, *COLLECTORS)
STEPS = (
    "drain:frozen",
    "drain:links committed",
    "events:written",
    "arrivals:written",
    "drain:events committed",
    "drain:published",
    "arrivals:committed",
)
ACTORS = ("device:a", "device:b", "user:u")
Rows = Counter[tuple[str, int]]


class Fault(Exception):
    """What a process meets in the middle of a step."""


class Place:
    """Processes with inboxes of their own and one lake; nothing runs by itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sent: set[tuple[str, int]] = set()
        self.seen: dict[str, set[tuple[str, int]]] = {name: set() for name in SERVERS}
        self.at: dict[tuple[str, str], Callable[[], None]] = {}
        self.stores = {name: self.opened(name) for name in ALL}

    def opened(self, name: str) -> ProjectStore:
        def checkpoint(step: str) -> None:
            act = self.at.pop((name, step), None)
            if act is not None:
                act()

        return ProjectStore(
            self.folder / name / "shop",
            settings(self.folder, refresh_seconds=3600.0),
            lambda: NOVEMBER,
            lake_url=str(self.folder / "lake"),
            intake_only=name in COLLECTORS,
            checkpoint=checkpoint,
        )

    def send(self, name: str, key: int, late: int) -> None:
        """Send an event that has another time at each delivery, as one without a time of its own has."""
        actor = ACTORS[key % len(ACTORS)]
        time = NOVEMBER + key * 86_400_000 * 9 + late * 60_000
        self.stores[name].append([event(key, actor=actor, others=["user:w"], time=time)]).result()
        self.stores[name].sync()
        self.sent.add((actor, key))

    def drain(self, name: str) -> None:
        self.stores[name].flush()

    def look(self, name: str) -> None:
        self.stores[name].refresh()

    def load(self, name: str, key: int, late: int) -> None:
        """Load a file that has an event."""
        actor = ACTORS[key % len(ACTORS)]
        time = NOVEMBER + key * 86_400_000 * 9 + late * 60_000
        self.stores[name].bulk([[event(key, actor=actor, time=time)]])
        self.sent.add((actor, key))

    def merge(self, name: str) -> None:
        if name in SERVERS:
            self.stores[name].compact(whole=True)

    def reopen(self, name: str) -> None:
        """Stop a process, which may fail at it, and start it again."""
        try:
            self.stores[name].close()
        except Fault:
            self.stores[name].inbox.close()
        self.stores[name] = self.opened(name)

    def tried(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Fault:
            self.check()

    def check(self) -> None:
        """See that no server counts an event twice, or loses one that it had."""
        for name in SERVERS:
            rows = shown(self.stores[name])
            assert not [row for row, count in rows.items() if count > 1], (name, rows)
            assert self.seen[name] <= rows.keys(), name
            self.seen[name] = set(rows)

    def settle(self) -> None:
        """Let everybody drain and look, and see that all agree."""
        self.at.clear()
        for name in (*COLLECTORS, *SERVERS):
            self.drain(name)
        for name in (*SERVERS, *SERVERS):
            self.look(name)
            self.check()
        for name in SERVERS:
            assert set(shown(self.stores[name])) == self.sent, name
        lake = self.stores["anna"].lake
        kept = lake.events.read()
        assert Counter(pairs(kept)) == Counter(self.sent)
        assert not lake.plain("arrivals").files()

    def close(self) -> None:
        self.at.clear()
        for store in self.stores.values():
            store.close()


def pairs(table: pa.Table) -> list[tuple[str, int]]:
    if not table.num_rows:
        return []
    return list(zip(table["actor"].to_pylist(), table["id"].to_pylist(), strict=True))


def shown(store: ProjectStore) -> Rows:
    """Return how often each event is in the view."""
    found: Rows = Counter()
    for one in store.snapshot().segments:
        segment, actors = one.segment, one.segment.actors().to_pylist()
        for place, actor in enumerate(actors):
            for row in range(int(segment.runs[place]), int(segment.runs[place + 1])):
                found[actor, int(segment.id[row])] += 1
    return found


names, servers = st.sampled_from(ALL), st.sampled_from(SERVERS)
keys, lates = st.integers(0, 2), st.integers(0, 2)
meanwhile = st.none() | st.tuples(st.sampled_from(STEPS), names, st.booleans(), st.booleans())
sends = st.tuples(st.just("send"), names, meanwhile, keys, lates)
works = st.tuples(st.sampled_from(["drain", "look"]), names, meanwhile)
others = st.one_of(
    st.tuples(st.just("load"), servers, meanwhile, keys, lates),
    st.tuples(st.sampled_from(["merge", "reopen"]), names, meanwhile),
)


@run_with(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(sends, sends, works, works, others), min_size=8, max_size=30))
def test_an_event_counts_once_wherever_it_is_sent(moves: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        try:
            for kind, name, between, *rest in moves:
                place.at.clear()
                if between is not None:
                    step, other, sees, fails = between
                    place.at[name, step] = interruption(place, name, other, sees=sees, fails=fails)
                place.tried(partial(getattr(place, kind), name, *rest))
                place.check()
            place.settle()
        finally:
            place.close()


def interruption(place: Place, name: str, other: str, *, sees: bool, fails: bool) -> Callable[[], None]:
    """Return what happens in the middle of a step: another process drains and looks, a thread of this one takes that in, it fails."""

    def act() -> None:
        if other != name:
            place.drain(other)
            place.look(other)
        if sees:
            place.stores[name].lake.refresh()
        if fails:
            raise Fault(name)

    return act
