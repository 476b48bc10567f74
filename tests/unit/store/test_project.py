from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tests.object_store import fresh_prefix
from tests.unit.store.builders import HOUR, NOVEMBER, event, settings
from tidewheel.core.errors import BadInput, Busy, Conflict
from tidewheel.core.events import Event
from tidewheel.store.inbox.queue import Batch
from tidewheel.store.project import ProjectStore


def ids(store: ProjectStore) -> list[int]:
    held = [loaded.segment.id for loaded in store.snapshot().segments]
    return sorted(np.concatenate(held).tolist()) if held else []


class Faults:
    """A checkpoint that fails at one name until told otherwise."""

    def __init__(self) -> None:
        self.at: str | None = None

    def __call__(self, name: str) -> None:
        if name == self.at:
            raise OSError(f"fault at {name}")


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.s3)])
def store(request: pytest.FixtureRequest, tmp_path: Path, faults: Faults) -> Iterator[ProjectStore]:
    if request.param == "s3":
        request.getfixturevalue("s3")
    opened = ProjectStore(
        tmp_path / "shop",
        settings(tmp_path),
        lambda: NOVEMBER,
        lake_url=fresh_prefix() if request.param == "s3" else None,
        checkpoint=faults,
    )
    yield opened
    faults.at = None
    opened.close()


def reopened(store: ProjectStore) -> ProjectStore:
    store.close()
    return ProjectStore(store.folder, store.settings, lambda: NOVEMBER, lake_url=store.lake.url)


def test_acknowledged_events_are_shown(store: ProjectStore) -> None:
    store.append([event(1), event(2, others=["user:u"])]).result()
    store.sync()
    assert ids(store) == [1, 2]
    assert store.snapshot().links()["b"].to_pylist() == ["user:u"]
    assert store.tail_rows == 2
    assert store.lake.events.version == -1


def test_what_was_acknowledged_is_shown_while_more_arrives(store: ProjectStore) -> None:
    ended = threading.Event()

    def others() -> None:
        for number in range(1_000, 100_000):
            if ended.is_set():
                return
            store.append([event(number)]).result()

    crowd = threading.Thread(target=others)
    crowd.start()
    try:
        for number in range(1, 11):
            store.append([event(number)]).result()
            store.sync()
            assert set(range(1, number + 1)) <= set(ids(store))
    finally:
        ended.set()
        crowd.join()


def test_flushing_moves_events_to_the_lake(store: ProjectStore) -> None:
    store.append([event(1, others=["user:u"]), event(2)]).result()
    store.flush()
    assert (store.tail_rows, store.inbox.depth) == (0, 0)
    assert [file.rows for file in store.lake.events.files()] == [2]
    assert store.lake.links.read()["b"].to_pylist() == ["user:u"]
    assert ids(store) == [1, 2]
    assert store.drained_at == NOVEMBER


def test_an_event_is_kept_once_wherever_it_is_already(store: ProjectStore) -> None:
    store.append([event(1), event(1), event(2)]).result()
    store.append([event(2), event(3)]).result()
    store.flush()
    store.append([event(3), event(4)]).result()
    store.sync()
    store.append([event(4), event(1)]).result()
    store.sync()
    assert ids(store) == [1, 2, 3, 4]
    store.flush()
    assert sum(file.rows for file in store.lake.events.files()) == 4


def test_one_id_under_two_actors_is_two_events(store: ProjectStore) -> None:
    store.append([event(1), event(1, actor="user:u")]).result()
    store.flush()
    assert ids(store) == [1, 1]


def test_a_restart_rebuilds_the_tail(store: ProjectStore) -> None:
    store.append([event(1)]).result()
    store.flush()
    store.append([event(1), event(2, others=["user:u"])]).result()
    again = ProjectStore(store.folder, store.settings)  # the first one is left as if it had been killed
    assert ids(again) == [1, 2]
    assert again.snapshot().links()["b"].to_pylist() == ["user:u"]
    again.close()


@pytest.mark.parametrize("step", ["frozen", "links committed", "events committed", "published"])
def test_a_drain_that_fails_anywhere_doubles_nothing(store: ProjectStore, faults: Faults, step: str) -> None:
    store.append([event(1, others=["user:u"]), event(2)]).result()
    store.sync()
    faults.at = f"drain:{step}"
    with pytest.raises(OSError, match=step):
        store.drain()
    assert ids(store) == [1, 2]
    store.append([event(2), event(3)]).result()
    store.sync()
    assert ids(store) == [1, 2, 3]
    faults.at = None
    store.drain()
    store.drain()
    assert ids(store) == [1, 2, 3]
    assert sum(file.rows for file in store.lake.events.files()) == 3
    assert store.inbox.depth == 0
    assert store.lake.links.read().num_rows == 1


@pytest.mark.parametrize("step", ["frozen", "links committed", "events committed", "published", "deleted"])
def test_no_event_is_shown_twice_or_not_at_all_in_the_middle_of_a_drain(tmp_path: Path, step: str) -> None:
    opened: list[ProjectStore] = []
    shown: list[list[int]] = []

    def meanwhile(name: str) -> None:
        if name == f"drain:{step}" and not shown:
            shown.append([])
            opened[0].bulk([[event(9)]])
            opened[0].append([event(3)]).result()
            opened[0].sync()
            shown.append(ids(opened[0]))

    opened.append(ProjectStore(tmp_path / "shop", settings(tmp_path), lambda: NOVEMBER, checkpoint=meanwhile))
    opened[0].append([event(1, others=["user:u"]), event(2)]).result()
    opened[0].flush()
    assert shown == [[], [1, 2, 3, 9]]
    assert ids(opened[0]) == [1, 2, 3, 9]
    opened[0].close()


def test_what_could_not_be_shown_is_taken_in_again(
    store: ProjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = Batch(1, [event(1, others=["user:u"])])
    with monkeypatch.context() as patched:
        patched.setattr(store.view, "replace", lambda *shown: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store._take_in([batch])
    assert store.tail_rows == 0
    store._take_in([batch])
    assert ids(store) == [1]
    assert store.snapshot().links()["b"].to_pylist() == ["user:u"]


def test_a_full_inbox_is_busy(tmp_path: Path) -> None:
    store = ProjectStore(tmp_path / "shop", settings(tmp_path, inbox_max_events=2))
    store.append([event(1), event(2)]).result()
    with pytest.raises(Busy):
        store.append([event(3)])
    store.flush()
    store.append([event(3)]).result()
    store.close()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"time": -1}, "time"),
        ({"time": 10**15}, "time"),
        ({"received": -5}, "received"),
        ({"id": 2**64}, "id"),
    ],
)
def test_what_no_column_holds_is_refused(store: ProjectStore, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        store.append([event(1, **{"time": NOVEMBER, **wrong})])
    assert caught.value.field == field
    assert str(caught.value)


def test_bulk_loads_reach_the_lake_once(store: ProjectStore) -> None:
    december = [event(30 * 24 + key) for key in range(5)]
    batches: list[list[Event]] = [[event(1), event(2)], [event(2), event(3, others=["user:u"])], december]
    store.append([event(1)]).result()
    store.sync()
    assert store.bulk(batches, "file-1") == 7
    assert store.bulk(batches) == 0
    assert store.bulk([[event(99)]], "file-1") == 0
    assert len(ids(store)) == 8
    store.flush()
    assert sum(file.rows for file in store.lake.events.files()) == 8
    assert {file.month for file in store.lake.events.files()} == {"2026-11", "2026-12"}
    assert store.snapshot().links()["b"].to_pylist() == ["user:u"]


def test_a_broken_bulk_load_can_be_repeated(store: ProjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidewheel.store.bulk.FILE_ROWS", 2)

    def broken() -> Iterator[list[Event]]:
        yield [event(key) for key in range(10_000)]
        raise OSError("file ends early")

    with pytest.raises(OSError, match="early"):
        store.bulk(broken(), "file-1")
    before = len(ids(store))
    assert before > 0
    assert store.bulk([[event(key) for key in range(10_001)]], "file-1") == 10_001 - before
    assert ids(store) == list(range(10_001))


def test_events_appended_during_a_bulk_load_are_kept_once(
    store: ProjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidewheel.store.bulk.FILE_ROWS", 2)

    def batches() -> Iterator[list[Event]]:
        yield [event(key, time=NOVEMBER) for key in range(10_000)]
        store.append([event(5, time=NOVEMBER), event(10_500, time=NOVEMBER)]).result()
        store.sync()
        yield [event(key, time=NOVEMBER) for key in range(10_000, 11_000)]

    assert store.bulk(batches()) == 10_999
    assert ids(store) == list(range(11_000))


@pytest.mark.parametrize("fails", [False, True])
def test_a_load_being_committed_stops_only_its_own_events(
    store: ProjectStore,
    monkeypatch: pytest.MonkeyPatch,
    fails: bool,
) -> None:
    shown: list[list[int]] = []
    threads: list[threading.Thread] = []

    def meanwhile(name: str) -> None:
        if name == "bulk:links committed":
            store.append([event(100, time=NOVEMBER)]).result()
            store.sync()  # returns though the load is not done
            shown.append(ids(store))
            store.append([event(3, time=NOVEMBER)]).result()
            threads.append(threading.Thread(target=store.sync))
            threads[0].start()
            threads[0].join(0.3)
            assert threads[0].is_alive()  # is known only when the load is
            if fails:
                raise OSError("no space")

    monkeypatch.setattr(store._loads, "_checkpoint", meanwhile)
    load = [[event(key, time=NOVEMBER) for key in range(5)]]
    if fails:
        with pytest.raises(OSError, match="no space"):
            store.bulk(load)
    else:
        assert store.bulk(load) == 5
    threads[0].join()
    assert shown == [[100]]
    assert ids(store) == ([3, 100] if fails else [0, 1, 2, 3, 4, 100])
    store.flush()
    again = reopened(store)
    assert ids(again) == ([3, 100] if fails else [0, 1, 2, 3, 4, 100])
    again.close()


def test_plain_tables(store: ProjectStore) -> None:
    costs = pa.table({"day": ["2026-11-01"], "cost": [100]})
    assert store.read_table("costs").num_rows == 0
    assert store.append_rows("costs", costs, "costs.csv")
    assert not store.append_rows("costs", costs, "costs.csv")
    assert store.append_rows("costs", costs)
    assert store.read_table("costs")["cost"].to_pylist() == [100, 100]
    for name in ("events", "links", "../x", "", "Items"):
        with pytest.raises(BadInput):
            store.read_table(name)


def test_tidying_changes_nothing_to_be_seen(store: ProjectStore) -> None:
    for key in range(9):
        store.append([event(key, others=["user:u"])]).result()
        store.flush()
    store.tidy(keep_hours=0)
    files = len(store.lake.events.files())
    assert files <= 2  # the background may have merged the first eight before the ninth came
    assert ids(store) == list(range(9))
    if "://" not in store.lake.url:
        assert len(list(Path(store.lake.events.url).rglob("*.parquet"))) == files
    again = reopened(store)
    assert ids(again) == list(range(9))
    again.close()


def test_a_reader_sees_the_lake_and_the_inbox(store: ProjectStore) -> None:
    store.append([event(1)]).result()
    store.flush()
    store.append([event(2)]).result()
    reader = ProjectStore(store.folder, store.settings, lake_url=store.lake.url, read_only=True)
    assert ids(reader) == [1, 2]
    store.append([event(3, time=NOVEMBER + HOUR)]).result()
    store.flush()
    reader.refresh()
    assert ids(reader) == [1, 2, 3]
    for forbidden in (
        lambda: reader.append([event(4)]),
        lambda: reader.bulk([]),
        lambda: reader.append_rows("costs", pa.table({})),
        reader.flush,
    ):
        with pytest.raises(Conflict):
            forbidden()
    reader.close()
