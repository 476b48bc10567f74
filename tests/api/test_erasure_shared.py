"""An erasure among processes that share a lake: who answers, who is waited for, who is missing and comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.crash.reaching import (
    DEVICE,
    PHONE,
    WAIT,
    WORDS,
    Time,
    ask,
    asked,
    opened,
    set_up,
    states,
    visit,
)
from tests.scan import traces
from tests.unit.store.builders import HOUR, NOVEMBER, event
from tidewheel.collect.guard import Guard
from tidewheel.core.errors import BadInput, Unavailable
from tidewheel.core.text import Text
from tidewheel.identify.people import find, get
from tidewheel.serve.installation import Installation
from tidewheel.serve.privacy.certificate import holds, page
from tidewheel.serve.privacy.erasing import subject_of
from tidewheel.store.catalog import envelopes, privacy, processes

Opener = Callable[..., Installation]
TABLET = "device:a-tablet-in-the-shop"


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def start(tmp_path: Path, clock: Time) -> Iterator[Opener]:
    """Open data folders of one lake and close at the end what is open still."""
    running: list[Installation] = []

    def begin(name: str, **more: Any) -> Installation:
        running.append(opened(tmp_path, name, clock, **more))
        return running[-1]

    yield begin
    for one in running:
        one.close()


@pytest.fixture
def server(start: Opener) -> Installation:
    found = start("server")
    set_up(found)
    return found


def count(here: Installation) -> int:
    """Return how many people a server shows."""
    here.store("shop").refresh()
    return find(here.store("shop").snapshot(), "", 0, 10).total


def test_every_process_answers_and_no_byte_is_left(
    tmp_path: Path, server: Installation, start: Opener
) -> None:
    second, one = start("second"), start("one", collects=True)
    for first, here in enumerate((server, second, one)):
        visit(here, 10 * first, links=here is one)
    second.store("shop").flush()
    erasure = ask(server)
    assert count(second) == 2
    assert not server.erasures.work("shop", erasure)
    for here in (second, one):
        assert here.answering.look()
    assert count(second) == 1, "out of sight of the others too, though the lake has her still"
    assert states(server, erasure) == {"server": "asked", "second": "gathered", "one": "gathered"}
    assert not server.erasures.work("shop", erasure)
    subject = asked(server, erasure).subject
    assert subject is not None
    assert DEVICE in subject["actors"], "the collector alone knew the device"
    for here in (second, one):
        here.answering.look()
    assert server.erasures.work("shop", erasure)
    assert states(server, erasure) == dict.fromkeys(("server", "second", "one"), "cleaned")
    assert traces(tmp_path, WORDS) == []
    found = asked(server, erasure).certificate
    assert found is not None
    assert holds(found)
    assert found["known"] == {"people": 1, "identifiers": 2, "events": 4}
    assert {one["state"] for one in found["processes"]} == {"cleaned"}
    assert "unanswered" not in found["left"]
    for here in (server, second):
        assert count(here) == 1
        assert get(here.store("shop").snapshot(), "user:somebody-else").events == 3


def test_who_comes_back_cleans_itself_before_anything_reaches_the_lake(
    tmp_path: Path, server: Installation, start: Opener, clock: Time
) -> None:
    one = start("one", collects=True)
    visit(one, 0, links=True)
    leave(one)
    clock.now += WAIT + 1
    erasure = ask(server)
    assert server.erasures.work("shop", erasure) is True
    assert states(server, erasure)["one"] == "unanswered"
    first = asked(server, erasure).certificate
    assert first is not None
    assert "unanswered" in first["left"]
    for language in ("en", "zh"):
        assert str(tmp_path / "one") in page(first, language)
    assert all(trace.startswith("one/") for trace in traces(tmp_path, WORDS)), "the note names nobody"

    back = start("one", collects=True)
    back.store("shop").flush()
    held = [word for word in traces(tmp_path, WORDS) if DEVICE.partition(":")[2] not in word]
    assert held == [], "gone from its queue before its queue goes on"
    assert back.answering.look()
    assert states(server, erasure)["one"] == "late"
    amended = asked(server, erasure).certificate
    assert amended is not None
    assert holds(amended)
    assert (amended["replaces"], amended["left"]) == (first["hash"], ["backups", "elsewhere"])
    store = server.store("shop")
    store.refresh()
    assert get(store.snapshot(), "user:somebody-else").events == 1


def test_one_that_was_only_cut_off_cleans_what_it_has_written_since(
    tmp_path: Path, server: Installation, start: Opener, clock: Time
) -> None:
    one = start("one", collects=True)
    visit(one, 0)
    clock.now += WAIT + 1
    erasure = ask(server)
    assert server.erasures.work("shop", erasure) is True
    one.store("shop").flush()
    assert any(trace.startswith("lake/") for trace in traces(tmp_path, WORDS))
    assert one.answering.look()
    assert states(server, erasure)["one"] == "late"
    assert traces(tmp_path, WORDS) == []


def test_one_that_is_cut_off_while_it_commits_loses_nothing(
    tmp_path: Path, server: Installation, start: Opener, clock: Time
) -> None:
    """The whole erasure happens between its file and its commit; the file is gone by then, and its rows are not."""
    done: list[str] = []

    def meanwhile(step: str) -> None:
        if step == "arrivals:written" and not done:
            clock.now += WAIT + 1
            done.append(ask(server))
            assert server.erasures.work("shop", done[0])
            assert [trace for trace in traces(tmp_path, WORDS) if not trace.startswith("one/")] == []

    one = start("one", collects=True, checkpoint=meanwhile)
    visit(server, 0)
    visit(one, 10, links=True)
    one.store("shop").flush()
    [erasure] = done
    store = server.store("shop")
    store.refresh()
    assert get(store.snapshot(), "user:somebody-else").events == 2
    assert one.answering.look()
    assert states(server, erasure)["one"] == "late"
    store.refresh()  # it has shown what came too late, and follows the mark that the second erasing has left
    assert traces(tmp_path, WORDS) == []
    assert get(store.snapshot(), "user:somebody-else").events == 2


def test_one_that_runs_and_fails_holds_the_certificate_up(
    server: Installation, start: Opener, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = start("one", collects=True)
    visit(one, 0)
    erasure = ask(server)

    def refuse(*args: Any, **more: Any) -> None:
        raise Unavailable("lake_unavailable", Text("It is away.", "不可用。"))

    with monkeypatch.context() as broken:
        broken.setattr(one.store("shop"), "flush", refuse)
        clock.now += WAIT - 1
        assert not one.answering.look()
        clock.now += WAIT - 1
        assert not server.erasures.work("shop", erasure)
        assert states(server, erasure)["one"] == "asked"
    for _ in range(2):
        assert one.answering.look()
        done = server.erasures.work("shop", erasure)
    assert done


def test_who_is_retired_is_not_waited_for_and_not_forgotten(
    tmp_path: Path, server: Installation, start: Opener, clock: Time
) -> None:
    one = start("one", collects=True)
    visit(one, 0)
    leave(one)
    with server.catalog.write() as db:
        processes.retire(db, one.membership.id, clock.now)
    erasure = ask(server)
    assert server.erasures.work("shop", erasure)
    back = start("one", collects=True)
    with server.catalog.read() as db:
        assert processes.get(db, back.membership.id).retired_at is None
    assert back.answering.look()
    assert traces(tmp_path, WORDS) == []


def test_another_server_takes_over_from_one_that_is_gone(
    tmp_path: Path, server: Installation, start: Opener, clock: Time
) -> None:
    visit(server, 0)
    second = start("second")
    visit(second, 10)
    erasure = ask(server)
    assert second.erasures._mine() == []
    leave(server)
    clock.now += WAIT + 1
    second.answering.look()
    assert second.erasures._mine() == [("shop", erasure)]
    assert second.erasures.work("shop", erasure)
    assert states(second, erasure) == {"second": "cleaned", "server": "unanswered"}
    back = start("server")
    assert back.answering.look()
    assert traces(tmp_path, WORDS) == []


def told(here: Installation, *rows: tuple[int, str, list[str]]) -> None:
    """Let people do things, each at an hour of the day: (hour, identifier, others that are named)."""
    events = [
        event(hour, time=NOVEMBER + hour * HOUR, actor=actor, others=others) for hour, actor, others in rows
    ]
    here.store("shop").append(events).result()
    here.store("shop").sync()


def hours(here: Installation, device: str) -> list[int]:
    """Return at which hours something happened on a device."""
    store = here.store("shop")
    store.refresh()
    snapshot = store.snapshot()
    [code] = snapshot.actors.codes(pa.array([device], pa.large_string()), add=False).tolist()
    runs = snapshot.runs_of(code)
    rows = [one.segment.base + int(moment) for one, a, b in runs for moment in one.segment.time[a:b]]
    return sorted((moment - NOVEMBER) // HOUR for moment in rows)


def test_what_they_did_on_anothers_device_goes_from_a_queue_that_was_away(
    server: Installation, start: Opener, clock: Time
) -> None:
    clock.now = NOVEMBER + 6 * HOUR
    told(server, (0, "user:li", [TABLET]), (2, "user:wang", [TABLET]))
    one = start("one", collects=True)
    told(one, (1, TABLET, []), (3, TABLET, []), (5, TABLET, []), (9, TABLET, []))
    leave(one)
    clock.now += WAIT + 1
    subject = subject_of(server.store("shop").snapshot(), ["user:wang"], clock())
    erasure = server.erasures.ask("shop", subject, suppress=False, reason="", by="ada").id
    assert server.erasures.work("shop", erasure)
    assert states(server, erasure)["one"] == "unanswered"
    clock.now += 5 * HOUR
    back = start("one", collects=True)
    back.store("shop").flush()
    assert back.answering.look()
    assert hours(server, TABLET) == [1, 9], "what came after it was asked for is not theirs"
    assert get(server.store("shop").snapshot(), "user:li").events == 3


def test_a_device_that_turns_out_to_be_anothers_too_stays(
    server: Installation, start: Opener, clock: Time
) -> None:
    clock.now = NOVEMBER + 6 * HOUR
    second, one = start("second"), start("one", collects=True)
    told(server, (0, "user:wang", [TABLET]), (1, TABLET, []), (3, TABLET, []))
    told(one, (2, "user:li", [TABLET]), (4, TABLET, []))
    subject = subject_of(server.store("shop").snapshot(), ["user:wang"], clock())
    assert TABLET in subject.actors
    erasure = server.erasures.ask("shop", subject, suppress=True, reason="", by="ada").id
    assert not server.erasures.work("shop", erasure)
    for here in (second, one):
        here.answering.look()
    assert not server.erasures.work("shop", erasure)
    for here in (second, one):
        here.answering.look()
    assert server.erasures.work("shop", erasure)
    for here in (server, second):
        assert hours(here, TABLET) == [3, 4]
        assert get(here.store("shop").snapshot(), "user:li").events == 3
        assert count(here) == 1
    guard = Guard(server.erasures._key.bytes)
    with server.catalog.read() as db:
        assert privacy.suppressed(db) == {"shop": {guard.mark("user:wang")}}


def test_a_note_is_read_by_its_folder_alone() -> None:
    own, others = envelopes.new_key(), envelopes.new_key()
    note = envelopes.close(envelopes.public(own), {"actors": [PHONE]})
    assert PHONE not in note
    assert envelopes.open_with(own, note) == {"actors": [PHONE]}
    for key, text in ((others, note), (own, note[:-9] + "AAAAAAAA="), (own, "short")):
        with pytest.raises(BadInput) as caught:
            envelopes.open_with(key, text)
        assert caught.value.code == "other_process_key"


def leave(here: Installation) -> None:
    """End a process as a kill does: nothing is drained."""
    for store in here.open_stores().values():
        with store._arrival:
            store._stopping = True
            store._arrival.notify_all()
        for thread in store._threads:  # a process that was killed writes nothing any more
            thread.join()
        store.inbox.close()
    here.catalog.close()
    lock = here.houses._lock
    assert lock is not None
    lock.release()
