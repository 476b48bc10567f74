from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from tests.object_store import fresh_prefix
from tests.unit.store.builders import event
from tidewheel.core.errors import BadInput, Unavailable
from tidewheel.core.events import Event
from tidewheel.store.lake import LakeTable
from tidewheel.store.order import join, sorted_events
from tidewheel.store.rows import to_events, to_table

DECEMBER = 30 * 24


def rows(*events: Event) -> pa.Table:
    return sorted_events(to_table(events))


def contents(table: LakeTable) -> list[Event]:
    found = [one for chunk in table.chunks() for one in to_events(chunk.load())]
    return sorted(found, key=lambda one: one.id)


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.s3)])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> LakeTable:
    if request.param == "s3":
        request.getfixturevalue("s3")
        return LakeTable(f"{fresh_prefix()}/events", by_month=True)
    return LakeTable(str(tmp_path / "events"), by_month=True)


def test_what_is_appended_is_read_back(lake: LakeTable) -> None:
    events = [event(1, properties={"a": "x"}, items=[{"price": 1.0}]), event(DECEMBER, actor="user:u")]
    assert lake.version == -1
    lake.append(rows(*events))
    assert contents(lake) == events
    assert [file.month for file in lake.files()] == ["2026-11", "2026-12"]
    assert contents(LakeTable(lake.url, by_month=True)) == events


def test_an_application_commits_a_version_once(lake: LakeTable) -> None:
    assert lake.committed("inbox") is None
    assert lake.append(rows(event(1)), application="inbox", version=7)
    assert not lake.append(rows(event(1)), application="inbox", version=7)
    assert not lake.append(rows(event(1)), application="inbox", version=6)
    assert lake.append(rows(event(2)), application="inbox", version=8)
    assert lake.append(rows(event(3)), application="other", version=1)
    assert lake.committed("inbox") == 8
    assert [one.id for one in contents(lake)] == [1, 2, 3]


def test_a_version_is_committed_once_by_those_who_saw_no_table_yet(lake: LakeTable) -> None:
    others = [LakeTable(lake.url, by_month=True) for _ in range(2)]
    tables = [lake, *others]
    assert [table.append(rows(event(1)), application="load", version=1) for table in tables] == [
        True,
        False,
        False,
    ]
    wider = rows(event(2, properties={"more": 1.0}))
    assert [table.append(wider, application="load", version=2) for table in tables] == [True, False, False]
    assert [one.id for one in contents(LakeTable(lake.url, by_month=True))] == [1, 2]


def test_a_turn_of_work_is_claimed_once(lake: LakeTable) -> None:
    others = [LakeTable(lake.url) for _ in range(2)]
    assert [table.claim("night", 7) for table in (lake, *others)] == [True, False, False]
    assert [table.claim("night", 9) for table in (*others, lake)] == [True, False, False]
    assert not others[1].claim("night", 8)
    assert others[1].claim("letters", 8)


def test_a_mark_needs_no_rows(lake: LakeTable) -> None:
    lake.mark("import")
    assert lake.committed("import") is None
    lake.append(rows(event(1)))
    lake.mark("import")
    assert lake.committed("import") == 1


def test_new_properties_widen_the_table(lake: LakeTable) -> None:
    events = [
        event(1, properties={"a": "x"}),
        event(2, properties={"b": 1.0, "tags": ["p"]}),
        event(3, items=[{"price": 2.0}], properties={"a": "y"}),
    ]
    for one in events:
        lake.append(rows(one))
    assert contents(lake) == events
    assert {"s_a", "n_b", "l_tags", "in_price", "month"} <= set(lake.schema().names)


def test_a_chunk_has_only_the_columns_that_hold_something(lake: LakeTable) -> None:
    lake.append(rows(event(1, properties={"a": "x"})))
    lake.append(rows(event(2, properties={"b": "y"})))
    names = [set(chunk.load().schema.names) & {"s_a", "s_b", "month"} for chunk in lake.chunks()]
    assert sorted(map(sorted, names)) == [["s_a"], ["s_b"]]


def test_names_that_differ_by_case_alone_are_two_columns(lake: LakeTable) -> None:
    events = [
        event(1, properties={"channel": "a", "Channel": "b"}),
        event(2, properties={"CHANNEL": "c", "Channel": "d"}),
        event(3, properties={"straße": "e", "STRASSE": "f"}),
    ]
    for one in events:
        lake.append(rows(one))
    assert contents(lake) == events


def test_compaction_makes_one_sorted_file_a_month(lake: LakeTable) -> None:
    events = [event(key, actor=f"user:{key % 3}", properties={f"p{key}": "x"}) for key in range(9)]
    for one in events:
        lake.append(rows(one))
    lake.append(rows(event(DECEMBER)))
    before = {chunk.key for chunk in lake.chunks()}
    assert lake.compact(lambda tables: sorted_events(join(tables)), many=9) == 9
    assert [(file.month, file.rows) for file in lake.files()] == [("2026-11", 9), ("2026-12", 1)]
    assert len({chunk.key for chunk in lake.chunks()} - before) == 1
    assert contents(lake) == [*events, event(DECEMBER)]
    actors = lake.chunks()[0].load()["actor"].to_pylist()
    assert actors == sorted(actors)


def test_compaction_leaves_few_and_large_files_alone(lake: LakeTable) -> None:
    for key in range(3):
        lake.append(rows(event(key)))
    assert lake.compact(join, many=4) == 0
    assert lake.compact(join, many=2, target_rows=2) == 0
    assert lake.compact(join, many=2, target_rows=4) == 3


def test_files_are_replaced_once_however_many_compact_them(lake: LakeTable) -> None:
    for key in range(4):
        lake.append(rows(event(key)))

    def meanwhile(tables: Sequence[pa.Table]) -> pa.Table:
        assert lake.compact(join, many=2) == 4
        return join(tables)

    assert lake.compact(meanwhile, many=2) == 0
    assert [one.id for one in contents(lake)] == [0, 1, 2, 3]


@pytest.mark.parametrize("write", ["compact", "append"])
def test_what_another_process_did_while_files_are_written_is_not_done_again(
    lake: LakeTable, write: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour in range(8):
        lake.append(rows(event(hour)))
    other = LakeTable(lake.url, by_month=True)

    def change(table: LakeTable) -> object:
        if write == "compact":
            return table.compact(lambda tables: sorted_events(join(tables)))
        return table.append(rows(event(8)), application="inbox", version=1)

    written = lake._write

    def meanwhile(month: str | None, table: pa.Table) -> object:
        assert change(other)
        lake.refresh()  # as another thread does, now and then
        return written(month, table)

    monkeypatch.setattr(lake, "_write", meanwhile)
    assert not change(lake)
    assert [one.id for one in contents(lake)] == list(range(8 if write == "compact" else 9))
    assert [one.id for one in contents(other)] == list(range(8 if write == "compact" else 9))


def test_vacuum_deletes_files_out_of_force(lake: LakeTable) -> None:
    for key in range(4):
        lake.append(rows(event(key)))
    lake.compact(join, many=2)
    assert lake.vacuum(keep_hours=1) == 0
    assert lake.vacuum(keep_hours=0) == 4
    assert len(contents(lake)) == 4


def held_up(monkeypatch: pytest.MonkeyPatch, lake: LakeTable, meanwhile: Callable[[], object]) -> None:
    """Let something happen, once, between a file that is written and its commit."""
    left = [meanwhile]

    def checkpoint(name: str) -> None:
        assert name == "events:written"
        if left:
            left.pop()()

    monkeypatch.setattr(lake, "_checkpoint", checkpoint)


def test_what_was_written_and_never_committed_is_scrapped_at_once(
    lake: LakeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.append(rows(event(1)))
    dead = LakeTable(lake.url, by_month=True)

    def die() -> None:
        raise KeyboardInterrupt

    held_up(monkeypatch, dead, die)
    with pytest.raises(KeyboardInterrupt):
        dead.append(rows(event(2)))
    assert len(lake._files.paths()) == 2
    assert lake.scrap() == 1
    assert lake._files.paths() == [file.path for file in lake.files()]
    version = lake.version
    assert lake.scrap() == 0
    assert lake.version == version, "where nothing is left over, nothing is written"
    assert [one.id for one in contents(lake)] == [1]


@pytest.mark.parametrize("told", [False, True], ids=["unaware", "told by another thread"])
@pytest.mark.parametrize("write", ["append", "append once", "compact", "rewrite"])
@pytest.mark.parametrize("clean", ["scrap", "vacuum"])
def test_whoever_is_held_up_with_a_file_commits_all_the_same(
    lake: LakeTable, write: str, clean: str, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour in range(0, 16, 2):
        lake.append(rows(event(hour), event(hour + 1)))
    other, wanted = LakeTable(lake.url, by_month=True), list(range(16))

    def meanwhile() -> None:
        assert other.scrap() if clean == "scrap" else other.vacuum(0)
        if told:
            lake.refresh()

    held_up(monkeypatch, lake, meanwhile)
    if write == "compact":
        assert lake.compact(lambda tables: sorted_events(join(tables))) == 0, "next time"
        assert lake.compact(lambda tables: sorted_events(join(tables))) > 0
    elif write == "rewrite":
        assert lake.rewrite(lambda table: table.slice(1) if 2 in table["id"].to_pylist() else None).rows == 1
        wanted.remove(2)
    else:
        assert lake.append(
            rows(event(16)), application="inbox" if write == "append once" else None, version=1
        )
        wanted.append(16)
    for table in (lake, LakeTable(lake.url, by_month=True)):
        assert sorted(one.id for one in contents(table)) == wanted
        table.scrap()
        assert sorted(one.id for one in contents(table)) == wanted


def test_a_mark_is_set_though_the_table_is_fenced_meanwhile(lake: LakeTable) -> None:
    lake.append(rows(event(1)))
    other = LakeTable(lake.url, by_month=True)
    other._fence_off()
    lake.mark("load")
    assert lake.committed("load") == 1


def test_another_process_sees_commits_after_refresh(lake: LakeTable) -> None:
    reader = LakeTable(lake.url, by_month=True)
    lake.append(rows(event(1)))
    reader.refresh()
    lake.append(rows(event(2)))
    assert len(contents(reader)) == 1
    reader.refresh()
    assert len(contents(reader)) == 2


def test_dropping_leaves_nothing(lake: LakeTable) -> None:
    lake.append(rows(event(1)))
    lake.drop()
    assert lake.files() == []
    assert LakeTable(lake.url, by_month=True).version == -1


def test_plain_tables_take_what_imports_bring(tmp_path: Path) -> None:
    table = LakeTable(str(tmp_path / "items"))
    table.append(
        pa.table({"item_id": pa.array(["A"]).dictionary_encode(), "price": pa.array([1], pa.int32())})
    )
    table.append(pa.table({"item_id": ["B"], "price": [2.0], "title": pa.array(["口红"], pa.large_string())}))
    assert sorted(table.read().to_pylist(), key=lambda row: row["item_id"]) == [
        {"item_id": "A", "price": 1, "title": None},
        {"item_id": "B", "price": 2, "title": "口红"},
    ]


def test_a_column_of_another_type_is_refused_by_name(tmp_path: Path) -> None:
    table = LakeTable(str(tmp_path / "items"))
    table.append(pa.table({"price": [1.5]}))
    with pytest.raises(BadInput) as caught:
        table.append(pa.table({"price": ["cheap"]}))
    assert (caught.value.code, caught.value.field) == ("column_type", "price")


def test_a_lake_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "events").write_text("in the way")
    table = LakeTable(str(tmp_path / "events" / "inner"))
    with pytest.raises(Unavailable) as caught:
        table.append(rows(event(1)))
    assert caught.value.code == "lake_unavailable"
