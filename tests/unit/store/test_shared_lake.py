"""Several processes, each with an inbox of its own, on one lake in an object store."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.object_store import fresh_prefix, listing
from tests.scan import traces
from tests.unit.store.builders import NOVEMBER, event, settings
from tests.unit.store.test_project import ids
from tidewheel.core.errors import Unavailable
from tidewheel.core.settings import Settings
from tidewheel.identify.resolve import resolve
from tidewheel.store.erase import Needles
from tidewheel.store.health import check_store
from tidewheel.store.project import ProjectStore
from tidewheel.store.storehouse import Storehouse

pytestmark = pytest.mark.s3
processes = multiprocessing.get_context("forkserver")


def opened(home: Path, lake: str, **changes: Any) -> ProjectStore:
    return ProjectStore(home / "shop", settings(home, **changes), lambda: NOVEMBER, lake_url=lake)


def collect(home: Path, lake: str, variables: dict[str, str], first: int, count: int) -> None:
    """What a collector does in a process of its own."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in variables.items():
            environment.setenv(name, value)
        store = opened(home, lake)
        for key in range(first, first + count):
            store.append([event(key, actor=f"device:{key % 7}", others=[f"user:{key % 5}"])]).result()
            store.flush()
        store.close()


def test_collectors_lose_nothing_to_each_other(tmp_path: Path, s3: dict[str, str]) -> None:
    lake = fresh_prefix()
    running = [
        processes.Process(target=collect, args=(tmp_path / str(number), lake, s3, number * 100, 12))
        for number in range(3)
    ]
    for process in running:
        process.start()
    for process in running:
        process.join(120)
    assert [process.exitcode for process in running] == [0, 0, 0]
    reader = opened(tmp_path / "reader", lake)
    assert ids(reader) == [number * 100 + key for number in range(3) for key in range(12)]
    reader.close()


def test_files_are_merged_by_one_of_those_who_try(tmp_path: Path, s3: dict[str, str]) -> None:
    lake = fresh_prefix()
    stores = [opened(tmp_path / str(number), lake) for number in range(2)]
    for key in range(24):
        stores[key % 2].append([event(key)]).result()
        stores[key % 2].flush()
    for store in stores:
        store.refresh()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda store: store.tidy(), stores))
    for store in stores:
        store.refresh()
        assert ids(store) == list(range(24))
    assert len(stores[0].lake.events.files()) < 24
    until(lambda: seen_alike(stores))
    for store in stores:
        store.close()


def test_who_comes_too_late_to_merge_shows_what_the_other_made(
    tmp_path: Path, s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = fresh_prefix()
    quick, slow = (opened(tmp_path / name, lake, refresh_seconds=600) for name in ("quick", "slow"))
    for key in range(8):
        quick.append([event(key)]).result()
        quick.flush()
    slow.refresh()
    written = slow.lake.events._write

    def meanwhile(month: str | None, table: pa.Table) -> object:
        quick.tidy()
        return written(month, table)

    monkeypatch.setattr(slow.lake.events, "_write", meanwhile)
    slow.tidy()
    slow.refresh()
    assert ids(slow) == list(range(8))
    assert slow.snapshot().data_version == quick.snapshot().data_version
    for store in (quick, slow):
        store.close()


def test_each_turn_of_scheduled_work_is_one_processs(tmp_path: Path, s3: dict[str, str]) -> None:
    lake = fresh_prefix()
    stores = [opened(tmp_path / str(number), lake) for number in range(3)]
    with ThreadPoolExecutor(6) as pool:
        for turn in (7, 8, 11):
            won = list(pool.map(lambda store: store.claim("report", turn), stores * 2))  # noqa: B023
            assert won.count(True) == 1, turn
    assert not stores[0].claim("report", 9)
    assert stores[0].claim("letters", 9)
    for store in stores:
        store.close()


def test_what_one_adds_last_is_what_others_find_last(tmp_path: Path, s3: dict[str, str]) -> None:
    lake = fresh_prefix()
    clock = iter(range(NOVEMBER, NOVEMBER + 10_000)).__next__
    one, other = (
        ProjectStore(tmp_path / name / "shop", settings(tmp_path), clock, lake_url=lake) for name in "ab"
    )
    assert other.newest_rows("verified").num_rows == 0
    for told in ("first", "second"):
        one.append_rows("verified", pa.table({"report": [told]}))
    other.refresh()
    assert other.newest_rows("verified").to_pylist() == [{"report": "second"}]
    for store in (one, other):
        store.close()


def test_processes_see_each_others_commits(tmp_path: Path, s3: dict[str, str]) -> None:
    lake = fresh_prefix()
    writer = opened(tmp_path / "writer", lake)
    other = opened(tmp_path / "other", lake)
    looking = opened(tmp_path / "looking", lake, refresh_seconds=0.01)
    writer.append([event(1, others=["user:u"])]).result()
    writer.flush()
    assert ids(other) == []
    other.refresh()
    assert ids(other) == [1]
    assert other.snapshot().link_version == writer.snapshot().link_version
    until(lambda: ids(looking) == [1])
    assert looking.snapshot().data_version == writer.snapshot().data_version
    other.append([event(2)]).result()
    other.sync()
    writer.append([event(3)]).result()
    writer.flush()
    other.refresh()
    assert ids(other) == [1, 2, 3]
    for store in (writer, other, looking):
        store.close()


def test_an_event_sent_to_two_servers_is_in_the_lake_once(tmp_path: Path, s3: dict[str, str]) -> None:
    lake = fresh_prefix()
    stores = [opened(tmp_path / str(number), lake, refresh_seconds=600) for number in range(2)]
    for number, store in enumerate(stores):
        store.append([event(1, time=NOVEMBER + number), event(number + 2)]).result()
    for store in stores:
        store.flush()
    assert sum(file.rows for file in stores[1].lake.events.files()) == 3
    for store in stores:
        store.refresh()
        assert ids(store) == [1, 2, 3]
        store.close()


def test_servers_take_over_what_collectors_bring(tmp_path: Path, s3: dict[str, str]) -> None:
    lake = fresh_prefix()
    servers = [opened(tmp_path / name, lake, refresh_seconds=600) for name in ("one", "other")]
    collectors = [
        ProjectStore(
            tmp_path / name / "shop",
            settings(tmp_path),
            lambda: NOVEMBER,
            lake_url=lake,
            intake_only=True,
        )
        for name in ("near", "far")
    ]
    for round_ in range(3):
        for number, store in enumerate((*collectors, servers[0])):
            again = event(1, others=["user:u"], time=NOVEMBER + 10 * round_ + number)
            store.append([again, event(10 * round_ + number + 2)]).result()
            store.flush()
    told = [check for check in check_store(servers[1]) if check.name == "arrivals"]
    assert [(check.state, check.values) for check in told] == [("ok", {"rows": 0})], "before it looks"
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda store: store.refresh(), servers))
    wanted = sorted([1, *(10 * round_ + number + 2 for round_ in range(3) for number in range(3))])
    for store in servers:
        store.refresh()
        assert ids(store) == wanted
        assert resolve(store.snapshot()).count == 1
        assert not store.lake.plain("arrivals").files()
    assert sum(file.rows for file in servers[0].lake.events.files()) == len(wanted)
    for store in (*servers, *collectors):
        store.close()


def test_a_collector_warns_when_nobody_takes_over(tmp_path: Path, s3: dict[str, str]) -> None:
    chosen = settings(tmp_path, inbox_max_events=3)
    collector = ProjectStore(
        tmp_path / "far" / "shop", chosen, lambda: NOVEMBER, lake_url=fresh_prefix(), intake_only=True
    )
    states = []
    for first in (0, 2):
        collector.append([event(first), event(first + 1)]).result()
        collector.flush()
        [told] = [check for check in check_store(collector) if check.name == "arrivals"]
        states.append((told.state, told.values["rows"]))
    assert states == [("ok", 2), ("warn", 4)]
    collector.close()


def test_who_is_erased_leaves_what_collectors_have_brought(tmp_path: Path, s3: dict[str, str]) -> None:
    anna, lake = "phone:+8613912345678", fresh_prefix()
    server = opened(tmp_path / "server", lake, refresh_seconds=600)
    collector = ProjectStore(
        tmp_path / "far" / "shop", settings(tmp_path), lambda: NOVEMBER, lake_url=lake, intake_only=True
    )
    collector.append(
        [event(1, actor=anna), event(2), event(3, properties={"note": "call 13912345678"})]
    ).result()
    collector.flush()
    done = server.erase(Needles([anna]))
    assert done["arrivals.rows"] == 1
    server.refresh()
    assert ids(server) == [2, 3]
    assert "13912345678" not in str(server.lake.events.read().to_pylist())
    for store in (server, collector):
        store.close()


def test_settings_put_the_lake_elsewhere_and_deleting_leaves_nothing(
    tmp_path: Path, s3: dict[str, str]
) -> None:
    lake = fresh_prefix()
    chosen = Settings(home=tmp_path, lake=lake, drain_seconds=3600)
    with Storehouse.open(tmp_path, chosen, lambda: NOVEMBER) as house:
        store = house.project("shop")
        store.append([event(1, others=["user:u"])]).result()
        store.append_rows("costs", pa.table({"day": ["2026-11-01"], "cost": [100]}))
        store.flush()
        assert listing(lake, s3)
        assert not (tmp_path / "projects" / "shop" / "lake").exists()
        house.delete("shop")
        assert listing(lake, s3) == []


def test_a_store_that_does_not_answer_is_named(
    tmp_path: Path, s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(Unavailable) as caught:
        opened(tmp_path, fresh_prefix())
    assert caught.value.code == "lake_unavailable"


def seen_alike(stores: list[ProjectStore]) -> bool:
    for store in stores:
        store.refresh()
    return len({store.snapshot().data_version for store in stores}) == 1


def until(done: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not done():
        assert time.monotonic() - begun < 30


def test_others_forget_whom_one_has_erased(tmp_path: Path, s3: dict[str, str]) -> None:
    anna = ["phone:+8613912345678", "device:device-of-anna-0001"]
    words = ["13912345678", "device-of-anna-0001"]
    lake = fresh_prefix()
    one, other, late = (
        opened(tmp_path / name, lake, refresh_seconds=600) for name in ("one", "other", "late")
    )
    one.append([event(key, actor=f"user:other-{key}") for key in range(9)]).result()
    one.append([event(20, actor=anna[0], others=anna[1:]), event(21, actor=anna[1])]).result()
    one.flush()
    for store in (other, late):
        store.refresh()
        assert resolve(store.snapshot()).count == 10
    late.close()
    assert traces(tmp_path / "other", words)
    assert traces(tmp_path / "late", words)

    one.erase(Needles(anna))
    assert ids(other) != ids(one)
    other.refresh()
    assert ids(other) == ids(one) == list(range(9))
    assert resolve(other.snapshot()).count == 9
    assert traces(tmp_path / "other", words) == []
    assert other.snapshot().actors.codes(pa.array(anna, pa.large_string()), add=False).tolist() == [-1, -1]
    late = opened(tmp_path / "late", lake, refresh_seconds=600)
    assert resolve(late.snapshot()).count == 9
    assert traces(tmp_path / "late", words) == []

    before = other.snapshot()
    other.refresh()
    assert other.snapshot() is before, "an erasure is followed once"
    other.append([event(30, actor=anna[0])]).result()
    other.flush()
    one.refresh()
    assert resolve(one.snapshot()).count == 10, "who comes again is somebody new"
    for store in (one, other, late):
        store.close()
