"""Whatever is merged, replaced, torn or lost on disk, a view shows the events of its chunks, each once."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.facts import Fact, split, table, world
from tidewheel.identify.gather import Gatherer
from tidewheel.identify.properties import ALL_TIME
from tidewheel.identify.resolve import resolve
from tidewheel.store import shelf
from tidewheel.store.order import distinct_events, join
from tidewheel.store.view import Chunk, Snapshot, View


def told(snapshot: Snapshot) -> list[tuple[str, int, int]]:
    """Return (actor, time, id) of every event, read person by person."""
    people = resolve(snapshot)
    masks = [np.ones(loaded.segment.rows, np.uint8) for loaded in snapshot.segments]
    rows = Gatherer(snapshot, people, masks, ALL_TIME).read_all()
    found = []
    for segment, row in zip(rows.segment.tolist(), rows.row.tolist(), strict=True):
        held = snapshot.segments[segment]
        run = int(np.searchsorted(held.segment.runs, row, side="right")) - 1
        actor = snapshot.actors.strings(held.actors[run : run + 1])[0]
        found.append((actor, held.segment.base + int(held.segment.time[row]), int(held.segment.id[row])))
    return sorted(found)


def plain(facts: list[Fact]) -> list[tuple[str, int, int]]:
    return sorted({(fact.actor, fact.time, fact.id) for fact in facts})


def month(fact: Fact) -> str:
    return str(np.datetime64(fact.time, "ms").astype("datetime64[M]"))


def monthly(facts: list[Fact]) -> list[list[Fact]]:
    months: dict[str, list[Fact]] = {}
    for fact in facts:
        months.setdefault(month(fact), []).append(fact)
    return list(months.values())


@pytest.mark.parametrize("most", [shelf.MOST_ROWS, 24], ids=["one segment a month", "ranges of actors"])
@pytest.mark.parametrize("seed", range(25))
def test_merging_replacing_and_losing_files_changes_nothing(
    seed: int, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "MOST_ROWS", most)
    rng = random.Random(seed)
    facts, _ = world(seed, events=150)
    lake: dict[str, pa.Table] = {}
    held: dict[str, list[Fact]] = {}
    view = View(tmp_path)

    def chunks() -> list[Chunk]:
        return [Chunk(key, partial(lake.__getitem__, key), durable=True) for key in sorted(lake)]

    serial = 0
    for batch in split(facts, rng) + split(facts[: len(facts) // 2], rng):
        for part in monthly(batch):
            serial += 1
            lake[f"file-{serial}"], held[f"file-{serial}"] = distinct_events(table(part)), part
        act = rng.randrange(8)
        if act == 0:
            view.merge(whole=True)
        if act == 1:
            view.merge()
        old = [key for key in sorted(lake) if month(held[key][0]) == month(facts[0])]
        if act in (2, 3) and len(old) > 1:  # compaction, told or not
            old = rng.sample(old, 2)
            if act == 2:
                view.replace(chunks(), [])
                view.succeed(old, f"merged-{serial}")
            joined = join([lake.pop(key) for key in old])
            lake[f"merged-{serial}"] = joined
            held[f"merged-{serial}"] = [fact for key in old for fact in held.pop(key)]
        if act == 4:
            view = View(tmp_path)
        if act == 5 and any(tmp_path.glob("*.columns")):
            victim = rng.choice(sorted(tmp_path.glob("*.columns")))
            victim.unlink()
            victim.write_bytes(b"torn")
            view = View(tmp_path)
        journal = tmp_path / "actors.journal"
        if act == 7 and journal.exists():  # codes are lost in part, or mean nothing any more
            whole = journal.read_bytes()
            cut = rng.randrange(len(whole))
            journal.write_bytes(whole[:cut] + (b"" if rng.random() < 0.5 else bytes(len(whole) - cut)))
            view = View(tmp_path)
        if act == 6 and len(lake) > 1:  # a file goes, as when facts are deleted
            gone = rng.choice(sorted(lake))
            del lake[gone], held[gone]
        view.replace(chunks(), [])
        assert told(view.snapshot()) == plain([fact for part in held.values() for fact in part])
    view.merge(whole=True)
    months = [
        np.datetime64(one.segment.base, "ms").astype("datetime64[M]") for one in view.snapshot().segments
    ]
    if most > 24:
        assert len(months) == len(set(months))
    assert told(view.snapshot()) == plain([fact for part in held.values() for fact in part])
    assert not list(tmp_path.glob("*.part"))
    opened = View(tmp_path)
    opened.replace(chunks(), [])
    assert len(opened.snapshot().segments) == len(months)
    assert told(opened.snapshot()) == plain([fact for part in held.values() for fact in part])


def test_a_snapshot_in_use_outlives_the_merge(tmp_path: Path) -> None:
    facts, _ = world(3, events=100)
    parts = [part for part in monthly(facts) if len(part) > 20]
    view = View(tmp_path)
    view.replace(
        [
            Chunk(f"{number}-{half}", partial(table, part[half::2]), durable=True)
            for number, part in enumerate(parts)
            for half in (0, 1)
        ],
        [],
    )
    before = view.snapshot()
    assert view.merge(whole=True) == len(parts)
    assert len(view.snapshot().segments) == len(parts)
    assert told(before) == told(view.snapshot()) == plain([fact for part in parts for fact in part])
    assert view.snapshot().data_version == before.data_version
    assert len(list(tmp_path.glob("*.columns"))) == len(parts)


def test_of_a_month_too_large_for_one_segment_each_actor_stands_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = max(monthly(world(5, people=40, events=900)[0]), key=len)
    monkeypatch.setattr(shelf, "MOST_ROWS", len(facts) // 3)
    view = View(tmp_path)
    view.replace([Chunk(f"{n}", partial(table, facts[n::6]), durable=True) for n in range(6)], [])
    view.merge(whole=True)
    snapshot = view.snapshot()
    actors = np.concatenate([one.actors for one in snapshot.segments])
    assert 1 < len(snapshot.segments) <= 4
    assert len(actors) == len(set(actors.tolist()))
    assert told(snapshot) == plain(facts)
    assert len(list(tmp_path.glob("*.columns"))) == 1
    assert view.merge(whole=True) == 0
    view.replace([Chunk(f"{n}", partial(table, facts[n::6]), durable=True) for n in range(5)], [])
    assert told(view.snapshot()) == plain([fact for n in range(5) for fact in facts[n::6]])
