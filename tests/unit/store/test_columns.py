"""Columns give back what was put in, from memory and from disk, and know what they hold."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.facts import START, Fact, table, world
from tidewheel.identify.people import event_at
from tidewheel.store.columns.file import load, save
from tidewheel.store.columns.packed import find_all, marked, rank_all
from tidewheel.store.columns.segment import build
from tidewheel.store.columns.strings import Interner
from tidewheel.store.view import Chunk, Loaded, View


def test_interned_strings_keep_their_codes_however_they_arrive() -> None:
    rng = random.Random(1)
    words = [f"w{rng.randrange(5000)}" for _ in range(20_000)] + ["", "直播", "w" * 500]
    interner = Interner()
    first = interner.codes(pa.array(words[:300]), add=True)
    every = interner.codes(pa.array(words), add=True)
    assert (every[:300] == first).all()
    assert interner.strings(every) == words
    assert len(interner) == len(set(words))
    assert interner.codes(pa.array(["never"]), add=False).tolist() == [-1]
    assert [interner.find_hash(int(key)) for key in interner.hashes()[:50]] == list(range(50))


@pytest.mark.parametrize("seed", range(10))
def test_segments_hold_every_event_whole(seed: int, tmp_path: Path) -> None:
    facts = list({(fact.actor, fact.time, fact.id): fact for fact in world(seed, events=200)[0]}.values())
    path = tmp_path / "one.columns"
    save(build(table(facts), lambda actors: np.arange(len(actors))), path)
    found = []
    for segment in load(path):
        assert (np.diff(segment.runs) > 0).all()
        actors = np.zeros(len(segment.runs) - 1, np.int32)
        for row in range(segment.rows):
            event = event_at(Loaded("x", segment, actors, durable=True), row)
            found.append(plain(event.name, event.actor, event.id, event.properties, event.items))
    wanted = [plain(fact.name, fact.actor, f"{fact.id:016x}", fact.properties, fact.items) for fact in facts]
    assert sorted(found) == sorted(wanted)


def plain(*parts: object) -> str:
    return json.dumps(parts, sort_keys=True, default=lambda moment: moment.isoformat(timespec="milliseconds"))


def test_a_torn_column_file_is_built_again(tmp_path: Path) -> None:
    facts = [Fact("page_view", START, "device:a", 1)]
    view = View(tmp_path)
    view.replace([Chunk("k", lambda: table(facts), durable=True)], [])
    (path,) = tmp_path.glob("*.columns")
    path.write_bytes(b"half")
    again = View(tmp_path)
    again.replace([Chunk("k", lambda: table(facts), durable=True)], [])
    assert again.snapshot().rows == 1


def test_the_view_knows_which_events_it_holds() -> None:
    facts, _ = world(5)
    unique = list({(fact.actor, fact.id): fact for fact in facts}.values())
    view = View(None)
    view.replace(
        [
            Chunk("a", lambda: table(unique[:60]), durable=True),
            Chunk("b", lambda: table(unique[60:90]), durable=False),
        ],
        [],
    )
    actors = pa.array([fact.actor for fact in unique])
    ids = np.array([fact.id for fact in unique], np.uint64)
    assert view.known(actors, ids).tolist() == [i < 90 for i in range(len(unique))]
    assert not view.known(actors, ids + np.uint64(1)).any()


def test_files_of_forgotten_chunks_are_removed(tmp_path: Path) -> None:
    facts = [Fact("page_view", START, "device:a", 1)]
    view = View(tmp_path)
    view.replace([Chunk("k", lambda: table(facts), durable=True)], [])
    view.replace([Chunk("l", lambda: table(facts), durable=True)], [])
    assert len(list(tmp_path.glob("*.columns"))) == 1


def test_what_is_prepared_is_not_built_again(tmp_path: Path) -> None:
    facts = [Fact("page_view", START, "device:a", 1)]
    built: list[str] = []

    def give(key: str) -> Chunk:
        def read() -> pa.Table:
            built.append(key)
            return table(facts)

        return Chunk(key, read, durable=True)

    view = View(tmp_path)
    first, second = give("first"), give("second")
    view.replace([first], [])
    view.prepare([second])
    view.replace([first], [])
    view.replace([second], [])
    assert built == ["first", "second"]
    assert len(list(tmp_path.glob("*.columns"))) == 1


@pytest.mark.parametrize("seed", range(10))
def test_rows_are_found_alike_one_by_one_and_by_marks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.choice([1, 63, 64, 65, 1000]))
    present = np.flatnonzero(rng.random(size) < rng.choice([0.0, 0.02, 0.9])).astype(np.uint32)
    rows = rng.integers(0, size, 500)
    found = rank_all(*marked(present, size), rows)
    assert found.tolist() == find_all(present, rows).tolist()
    assert found.tolist() == [
        int(np.flatnonzero(present == row)[0]) if row in present else -1 for row in rows
    ]
