"""Erasing in the store: what is looked for, and that nothing of it is left, on a disk and in an object store."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as settled
from hypothesis import strategies as st

from tests.object_store import contents, fresh_prefix
from tests.scan import traces
from tests.unit.store.builders import HOUR, NOVEMBER, event, settings
from tidewheel.identify.people import find, timeline
from tidewheel.identify.resolve import resolve
from tidewheel.store.erase import Needles, holding, without
from tidewheel.store.project import ProjectStore
from tidewheel.store.storehouse import Storehouse

ANNA = ["phone:+8613912345678", "device:device-of-anna-0001"]
WORDS = ["13912345678", "device-of-anna-0001", "欧阳安娜测试"]


def fill(store: ProjectStore) -> None:
    """Put Anna and nine others in, in several files and the tail."""
    for key in range(60):
        who: dict[str, Any] = {"actor": f"user:other-{key % 9}"}
        if key % 10 == 0:
            who = {
                "actor": ANNA[key // 10 % 2],
                "others": ANNA[: key // 10 % 2],
                "properties": {"name": WORDS[2]},
            }
        store.append([event(key, **who)]).result()
        if key % 7 == 0:
            store.flush()
    store.append_rows(
        "items", pa.table({"item_id": ["a"], "note": [f"for {WORDS[0]}"], "key": [1], "imported": [2]})
    )
    store.sync()


def test_nothing_is_left_and_others_are_as_before(tmp_path: Path) -> None:
    with Storehouse.open(tmp_path, settings(tmp_path)) as house:
        store = house.project("shop")
        fill(store)
        before = {one.id: one.events for one in find(store.snapshot(), "", 0, 50).people}
        assert len(before) == 10
        found = store.erase(Needles(ANNA))
        assert (found["events.rows"], found["columns.identifiers"]) == (6, 2)
        after = {one.id: one.events for one in find(store.snapshot(), "", 0, 50).people}
        assert after.items() <= before.items()
        assert len(after) == 9
        assert store.read_table("items")["note"].to_pylist() == ["for [erased]"]
        assert traces(tmp_path, WORDS) == []
        again = store.erase(Needles(ANNA))
        assert (again["events.files"], again["events.rows"], again["columns.identifiers"]) == (0, 0, 0)
    with Storehouse.open(tmp_path, settings(tmp_path)) as house:
        snapshot = house.project("shop").snapshot()
        assert {one.id: one.events for one in find(snapshot, "", 0, 50).people} == after
        assert resolve(snapshot).count == 9
        assert traces(tmp_path, WORDS) == []


@pytest.mark.s3
def test_nothing_is_left_in_an_object_store(tmp_path: Path, s3: dict[str, str]) -> None:
    lake = fresh_prefix()
    store = ProjectStore(tmp_path / "home" / "shop", settings(tmp_path), lambda: NOVEMBER, lake_url=lake)
    fill(store)
    store.flush()
    store.erase(Needles(ANNA))
    store.close()
    copied = tmp_path / "copied"
    for name, body in contents(lake, s3).items():
        (copied / name).parent.mkdir(parents=True, exist_ok=True)
        (copied / name).write_bytes(body)
    assert any(copied.rglob("*.parquet"))
    assert traces(tmp_path, WORDS) == []


def test_facts_that_come_while_erasing_are_somebody_new(tmp_path: Path) -> None:
    with Storehouse.open(tmp_path, settings(tmp_path)) as house:
        store = house.project("shop")
        fill(store)

        def arrives(step: str) -> None:
            if step == "erase:lake committed":
                store.append([event(900, actor=ANNA[0])]).result()

        store._checkpoint = arrives
        store.erase(Needles(ANNA))
        store.sync()
        [event_again] = timeline(store.snapshot(), ANNA[0], None, 10).events
        assert (event_again.actor, event_again.properties) == (ANNA[0], {})
        store.flush()
        assert resolve(store.snapshot()).count == 10


def test_old_events_are_dropped_but_not_what_people_said(tmp_path: Path) -> None:
    with Storehouse.open(tmp_path, settings(tmp_path)) as house:
        store = house.project("shop")
        store.append(
            [event(key, actor="user:u", source="web" if key % 2 else "app") for key in range(20)]
        ).result()
        store.append([event(3, actor="user:v", name="$set", properties={"name": "V"})]).result()
        store.flush()
        assert store.expire(NOVEMBER + 4 * HOUR, "web") == 2
        assert store.expire(NOVEMBER + 10 * HOUR) == 8
        assert store.expire(NOVEMBER + 10 * HOUR) == 0
        assert {one.name: one.events for one in find(store.snapshot(), "", 0, 9).people} == {None: 10, "V": 0}


def test_what_is_looked_for() -> None:
    needles = Needles([*ANNA, "user:1001", "openid:wx1/oABCDEFGHIJ"], ["Q1W2"])
    for text in (
        "call 13912345678!",
        "PHONE:+8613912345678",
        "x=device-of-anna-0001",
        "user:1001",
        "oABCDEFGHIJ",
        "q1w2",
    ):
        assert needles.in_text(text), text
    for text in ("139123456789", "order 1001", "user:10012", "device-of-anna-00011", "Q1W23"):
        assert not needles.in_text(text), text
    assert needles.cleaned("a 13912345678 b") == "a [erased] b"
    assert needles.cleaned_value({"user:1001": ["oABCDEFGHIJ", 7]}) == {"[erased]": ["[erased]", 7]}
    assert Needles([]).cleaned("as it is") == "as it is"
    assert not Needles([]).in_bytes(b"as it is")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("电话13912345678请回", "电话[erased]请回"),
        ("+8613912345678号", "[erased]号"),
        ("8613912345678 or 0086 139-1234-5678", "[erased] or [erased]"),
        ("+86 139 1234 5678", "[erased]"),
        (
            "x?m=anna.w%40post.test&t=%2B8613912345678&u=%E5%AE%89%E5%A8%9C",
            "x?m=[erased]&t=[erased]&u=[erased]",
        ),
        ("in?u=x%253Fm%253Danna.w%2540post.test", "in?u=x%253Fm%253D[erased]"),
        ("写信给Anna.W@post.test吧", "写信给[erased]吧"),
        ("会员device-of-anna-0001已到", "会员[erased]已到"),
        ("我是安娜呀", "我是[erased]呀"),
        ("139123456789", "139123456789"),
        ("99139 1234 5678", "99139 1234 5678"),
        ("joanna.w@post.tester", "joanna.w@post.tester"),
    ],
)
def test_what_stands_between_signs_of_any_language_is_found(text: str, left: str) -> None:
    needles = Needles(
        ["phone:+8613912345678", "email:anna.w@post.test", "device:device-of-anna-0001"], ["安娜"]
    )
    assert needles.cleaned(text) == left
    assert needles.in_text(text) == (text != left)
    column = needles.cleaned_column(pa.chunked_array([pa.array([text, None])]))
    assert (column.to_pylist() if column is not None else [text, None]) == [left, None]


def test_a_telephone_number_is_found_as_a_number() -> None:
    needles = Needles(["phone:+8613912345678", "phone:+4915112345678"])
    flat = needles.cleaned_column(pa.chunked_array([[1.5, None, 13912345678.0], [4915112345678.0]]))
    assert flat is not None
    assert flat.to_pylist() == [1.5, None, None, None]
    lists = needles.cleaned_column(pa.chunked_array([[[13912345678.0, 2.0], None, []]]))
    assert lists is not None
    assert lists.to_pylist() == [[None, 2.0], None, []]
    assert needles.cleaned_column(pa.chunked_array([[13912345679.0]])) is None
    assert needles.cleaned_value({"a": [8613912345678, True, 1]}) == {"a": ["[erased]", True, 1]}


@settled(max_examples=150, deadline=None)
@given(st.data())
def test_bytes_are_looked_through_as_one_regular_expression_would(data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.text("aZé欧1@:%\\.[", min_size=1, max_size=5), min_size=1, max_size=4))
    needles = Needles([], texts)
    planted = sorted({*needles.forms, *(form.swapcase() for form in needles.forms)})
    part = st.one_of(st.binary(max_size=12), st.sampled_from(planted))
    body = b"".join(data.draw(st.lists(part, max_size=6)))
    whole = re.compile(b"(?i)" + b"|".join(map(re.escape, needles.forms)))
    window = data.draw(st.integers(1, 9))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tidewheel.store.erase.needles.WINDOW", window)
        patch.setattr("tidewheel.store.erase.needles.AT_ONCE", 3)
        assert needles.in_bytes(body) == (whole.search(body) is not None)


def test_a_table_without_her_is_left_alone() -> None:
    rows = pa.table({"actor": ["user:a", "user:b"], "s_note": ["x", None], "l_tags": [["a"], None]})
    assert without(Needles(ANNA))(rows) is None
    changed = without(Needles(["user:a"], ["secret word"]))(rows)
    assert changed is not None
    assert changed["actor"].to_pylist() == ["user:b"]


def test_files_are_opened(tmp_path: Path) -> None:
    import gzip  # noqa: PLC0415
    import zipfile  # noqa: PLC0415

    (tmp_path / "plain.csv").write_text("phone\n13912345678\n")
    (tmp_path / "other.csv").write_text("phone\n13800000000\n")
    (tmp_path / "packed.gz").write_bytes(gzip.compress(b"13912345678"))
    (tmp_path / "torn.gz").write_bytes(gzip.compress(b"x" * 1000)[:20])
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sheet.xml", "<v>13912345678</v>")
    assert {path.name for path in holding(tmp_path, Needles(ANNA))} == {
        "plain.csv",
        "packed.gz",
        "book.xlsx",
        "torn.gz",
    }
