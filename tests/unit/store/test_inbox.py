from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.store.builders import event
from tidewheel.core.errors import BadInput, Busy, Unavailable
from tidewheel.core.text import Text
from tidewheel.store.inbox import queue as queue_module
from tidewheel.store.inbox.queue import Batch, Inbox, read_batches
from tidewheel.store.rejected import Rejected


class Opened:
    """An inbox and what it handed on."""

    def __init__(self, path: Path, **options: object) -> None:
        self.accepted: list[Batch] = []
        values: dict[str, object] = {"max_events": 100, **options}
        self.inbox = Inbox(path, accept=self.accepted.extend, **values)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "inbox.sqlite"


def refused(code: str = "bad_time", body: bytes = b"{}") -> Rejected:
    error = BadInput(code, Text("{why} is bad.", "{why} 不对。"), field="time", got="x", why="x")
    return Rejected.of(error, received=5, source="web", index=3, body=body)


def test_what_is_acknowledged_is_there_after_a_restart(path: Path) -> None:
    first = Opened(path)
    first.inbox.append([event(1), event(2)]).result()
    first.inbox.append([event(3)]).result()
    first.inbox.close()
    second = Opened(path)
    assert [(batch.sequence, [one.id for one in batch.events]) for batch in second.inbox.batches()] == [
        (1, [1, 2]),
        (2, [3]),
    ]
    assert second.inbox.depth == 3
    assert second.inbox.identity == first.inbox.identity
    second.inbox.close()


def test_batches_are_handed_on_in_order_before_the_answer(path: Path) -> None:
    opened = Opened(path)
    futures = [opened.inbox.append([event(key)]) for key in range(20)]
    futures[-1].result()
    assert [batch.sequence for batch in opened.accepted] == list(range(1, 21))
    assert [batch.events[0].id for batch in opened.accepted] == list(range(20))
    opened.inbox.close()


def test_appends_that_wait_share_one_commit(path: Path) -> None:
    commits: list[str] = []
    gate, reached = threading.Event(), threading.Event()

    def checkpoint(name: str) -> None:
        commits.append(name)
        reached.set()
        gate.wait(10)

    opened = Opened(path, checkpoint=checkpoint)
    first = opened.inbox.append([event(0)])
    reached.wait(10)
    others = [opened.inbox.append([event(key)]) for key in range(1, 9)]
    gate.set()
    for future in [first, *others]:
        future.result()
    assert commits.count("inbox:committed") == 2
    opened.inbox.close()


def test_deleting_frees_the_numbers_of_no_batch(path: Path) -> None:
    opened = Opened(path)
    opened.inbox.append([event(1)]).result()
    opened.inbox.append([event(2)]).result()
    opened.inbox.delete_to(1)
    assert [batch.sequence for batch in opened.inbox.batches()] == [2]
    opened.inbox.delete_to(2)
    assert opened.inbox.depth == 0
    opened.inbox.close()
    again = Opened(path)
    again.inbox.append([event(3)]).result()
    assert [batch.sequence for batch in again.inbox.batches()] == [3]
    again.inbox.close()


def test_a_full_inbox_says_when_to_come_again(path: Path) -> None:
    opened = Opened(path, max_events=2)
    opened.inbox.append([event(1), event(2)]).result()
    with pytest.raises(Busy) as caught:
        opened.inbox.append([event(3)])
    assert caught.value.retry_after_seconds > 0
    assert caught.value.describe("zh")["message"] == "有 2 条事件等待入库，上限为 2。"
    opened.inbox.append([], [refused()]).result()
    opened.inbox.delete_to(1)
    opened.inbox.append([event(key) for key in range(5)]).result()  # larger than the limit, but alone
    opened.inbox.close()


def test_an_acknowledgement_cannot_be_called_back(path: Path) -> None:
    opened = Opened(path)
    future = opened.inbox.append([event(1)])
    assert not future.cancel()
    future.result()
    opened.inbox.close()


def full_disk(path: Path) -> Callable[[Path], sqlite3.Connection]:
    genuine = queue_module._connect

    def connect(target: Path) -> sqlite3.Connection:
        connection = genuine(target)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    return connect


def test_a_full_disk_is_told_and_passes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened(path)
    with monkeypatch.context() as patched:
        patched.setattr(queue_module, "_connect", full_disk(path))
        large = [event(1, properties={"x": "y" * 100_000})]
        with pytest.raises(Unavailable) as caught:
            opened.inbox.append(large).result()
        assert caught.value.code == "disk_full"
        assert opened.inbox.depth == 0
        assert opened.accepted == []
    opened.inbox.append(large).result()
    assert [batch.events for batch in opened.inbox.batches()] == [large]
    opened.inbox.close()


def test_values_without_a_stored_form_are_refused(path: Path) -> None:
    opened = Opened(path)
    with pytest.raises(BadInput) as caught:
        opened.inbox.append([event(1, properties={"x": "\ud800"})])
    assert caught.value.code == "not_storable"
    with pytest.raises(BadInput):
        opened.inbox.append([event(1, properties={"x": 10**40})])
    opened.inbox.close()


def test_a_closed_inbox_takes_nothing(path: Path) -> None:
    opened = Opened(path)
    opened.inbox.close()
    opened.inbox.close()
    with pytest.raises(Unavailable):
        opened.inbox.append([event(1)])
    with pytest.raises(Unavailable):
        opened.inbox.delete_to(1)


def test_another_process_may_read(path: Path) -> None:
    assert read_batches(path) == ([], None)
    opened = Opened(path)
    opened.inbox.append([event(1)]).result()
    (batch,), stamps = read_batches(path)
    assert batch.events == [event(1, received=batch.stamp)]
    assert stamps == (opened.inbox.first_stamp, batch.stamp)
    opened.inbox.close()


def test_refused_facts_are_kept_with_their_reason_in_both_languages(path: Path) -> None:
    opened = Opened(path)
    opened.inbox.append([event(1)], [refused(body=b"\xff{")]).result()
    (kept,) = opened.inbox.rejected()
    assert (kept.id, kept.received, kept.source, kept.index, kept.body) == (1, 5, "web", 3, b"\xff{")
    assert kept.describe("en")["message"] == "x is bad."
    assert kept.describe("zh")["message"] == "x 不对。"
    assert kept.describe()["got"] == "x"
    opened.inbox.close()


def test_refused_facts_are_listed_counted_and_deleted(path: Path) -> None:
    opened = Opened(path)
    opened.inbox.append([], [refused("a"), refused("b"), refused("b")]).result()
    inbox = opened.inbox
    assert [fact.id for fact in inbox.rejected()] == [3, 2, 1]
    assert [fact.id for fact in inbox.rejected(code="b", offset=1, limit=5)] == [2]
    assert [fact.id for fact in inbox.rejected_by_id([3, 1, 9])] == [1, 3]
    assert inbox.rejected_counts() == {"b": 2, "a": 1}
    assert inbox.delete_rejected([1, 2]) == 2
    assert inbox.rejected_counts() == {"b": 1}
    assert inbox.delete_rejected() == 1
    assert inbox.rejected() == []
    inbox.close()


def test_the_oldest_refused_facts_give_way(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidewheel.store.inbox.dead_letter.LIMIT", 2)
    opened = Opened(path)
    opened.inbox.append([], [refused("a"), refused("b"), refused("c")]).result()
    assert [fact.code for fact in opened.inbox.rejected()] == ["c", "b"]
    opened.inbox.close()
