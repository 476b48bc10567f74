"""What is kept beside the columns changes no answer: not whole, nor torn, stale, lost in part, or of other facts."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.facts import START, Fact, table
from tests.property.test_identity_steps import Row, rows
from tests.property.test_shelf import monthly, plain, told
from tidewheel.identify import fold, resolve
from tidewheel.identify.resolve import People
from tidewheel.store import levels, view
from tidewheel.store.columns import journal, runs, strings
from tidewheel.store.links import earliest_links
from tidewheel.store.order import distinct_events, join
from tidewheel.store.view import Chunk, View

DAY = 86_400_000


@pytest.fixture(autouse=True)
def _all_is_worth_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((journal, "LEAST"), (levels, "LEAST"), (view, "LEAST_LINKS"), (resolve, "LEAST")):
        monkeypatch.setattr(module, name, 1)


def persons(shown: View) -> set[frozenset[str]]:
    """Return everyone as the set of their identifiers."""
    snapshot = shown.snapshot()
    people: People = resolve.resolve(snapshot)
    names = snapshot.actors.strings(people.actors)
    heads = people.heads.tolist()
    return {frozenset(names[heads[one] : heads[one + 1]]) for one in range(people.count)}


class World:
    """Files of a lake that come, are compacted and go; the view over them, and one that never kept anything."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.rng = random.Random(seed)
        self.folder = folder
        self.events: dict[str, list[Fact]] = {}
        self.links: dict[str, list[Row]] = {}
        self.tail: list[Row] = []
        self.serial = 0
        self.view = View(folder)

    def grow(self) -> None:
        """Let events of a month come, and links, some of which are late or repeat others."""
        rng, self.serial = self.rng, self.serial + 1
        facts = [
            Fact(
                "page_view",
                START + rng.randrange(90) * DAY,
                f"device:{rng.randrange(40)}",
                rng.getrandbits(50),
            )
            for _ in range(rng.randrange(1, 30))
        ]
        for number, part in enumerate(monthly(facts)):
            self.events[f"events-{self.serial}-{number}"] = part
        self.links[f"links-{self.serial}"] = [self.link() for _ in range(rng.randrange(1, 6))]
        self.tail = [self.link() for _ in range(rng.randrange(3))]

    def link(self) -> Row:
        rng = self.rng
        end = f"user:{rng.randrange(15)}" if rng.random() < 0.7 else f"phone:{rng.randrange(15)}"
        return end, f"device:{rng.randrange(40)}", START + rng.randrange(5000), rng.getrandbits(40)

    def compact(self) -> None:
        """Put one file in the place of several."""
        old = self.rng.sample(sorted(self.links), min(len(self.links), 3))
        self.links[f"links-of-{self.serial}"] = [row for key in old for row in self.links.pop(key)]

    def show(self, shown: View) -> None:
        """Have a view show everything."""

        def load(key: str) -> pa.Table:
            return distinct_events(join([table(self.events[key])]))

        links = [
            Chunk(key, partial(lambda held: earliest_links(rows(held)), held), durable=True)
            for key, held in self.links.items()
        ]
        tail = Chunk(f"tail-{self.serial}", lambda: earliest_links(rows(self.tail)), durable=False)
        events = [Chunk(key, partial(load, key), durable=True) for key in self.events]
        shown.replace(events, [*links, tail] if self.tail else links)

    def check(self) -> None:
        self.show(self.view)
        plainly = View(None)
        self.show(plainly)
        assert told(self.view.snapshot()) == plain([one for part in self.events.values() for one in part])
        expected = persons(plainly)
        named = frozenset().union(*expected)  # identifiers once seen stay known, each a person
        assert {one & named for one in persons(self.view)} - {frozenset()} == expected

    def spoil(self) -> None:
        """Cut, change, lose, or bring back an older state of one of the files that were kept."""
        rng, found = self.rng, sorted([*self.folder.glob("*.derived"), *self.folder.glob("*.journal")])
        if not found:
            return
        path = rng.choice(found)
        whole = path.read_bytes()
        path.unlink()  # never in place: another view may have it mapped
        how = rng.randrange(4)
        if how == 0:
            path.write_bytes(whole[: rng.randrange(len(whole))])
        if how == 1:
            place = rng.randrange(len(whole))
            path.write_bytes(
                whole[:place] + bytes([whole[place] ^ 1 << rng.randrange(8)]) + whole[place + 1 :]
            )
        if how == 2:
            path.write_bytes(bytes(len(whole)))


@pytest.mark.parametrize("seed", range(24))
def test_starts_from_anything_that_was_kept(seed: int, tmp_path: Path) -> None:
    world = World(seed, tmp_path / "columns")
    old: dict[str, bytes] = {}
    for _ in range(12):
        world.grow()
        act = world.rng.randrange(7)
        if act < 5:
            world.check()
        if act in (0, 1):
            world.view.keep(whole=act == 0)
        if act == 2:
            world.compact()
        if act == 3:
            world.view.merge(whole=True)
        if act in (4, 5):
            if act == 4:
                world.spoil()
            elif old and world.rng.random() < 0.5:  # a copy of another time is put in the place of a file
                name = world.rng.choice(sorted(old))
                (world.folder / name).unlink(missing_ok=True)
                (world.folder / name).write_bytes(old[name])
            old |= {path.name: path.read_bytes() for path in world.folder.glob("*.derived")}
            world.view = View(world.folder)
        world.check()
    world.view.keep(whole=True)
    world.view = View(world.folder)
    world.check()


def test_a_start_from_a_whole_state_computes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(1, tmp_path / "columns")
    for _ in range(5):
        world.grow()
        world.check()
    world.tail = []
    world.check()
    world.view.merge(whole=True)
    world.view.keep(whole=True)
    expected = persons(world.view)

    def fail(*given: object, **named: object) -> None:
        raise AssertionError("worked out again")

    for module, name in (
        (strings, "_place"),
        (strings, "hash_all"),
        (runs, "_fill"),
        (fold, "_fold"),
        (resolve, "_number"),
    ):
        monkeypatch.setattr(module, name, fail)
    again = View(world.folder)
    world.show(again)
    assert persons(again) == expected


def test_a_start_takes_in_what_came_since(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(2, tmp_path / "columns")
    for _ in range(6):
        world.grow()
        world.check()
    world.tail = []
    world.check()
    world.view.merge(whole=True)
    world.view.keep(whole=True)
    world.grow()
    world.compact()
    world.view = View(world.folder)
    folded: list[int] = []
    settle = fold.Fold.settle

    def counted(self: fold.Fold, hashes: fold.Keys) -> bool:
        folded.append(int(np.count_nonzero(self._changed)))
        return settle(self, hashes)

    monkeypatch.setattr(fold.Fold, "settle", counted)
    world.show(world.view)
    persons(world.view)
    assert 0 < folded[0] < world.view.snapshot().links().num_rows
    world.check()
