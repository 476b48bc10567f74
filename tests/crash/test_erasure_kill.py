"""kill -9 at every step of an erasure: begun again, it comes to the same end."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.crash import reaching
from tests.crash.erasing import WORDS, ask, fill, opened, resume
from tests.scan import traces
from tidewheel.identify import people
from tidewheel.identify.people import find
from tidewheel.serve.privacy.certificate import holds

STEPS = [
    "erasing:facts",
    "events:written",
    "erase:flushed",
    "erase:lake committed",
    "erase:columns forgotten",
    "erase:lake scrapped",
    "erase:inbox compressed",
    "erasing:catalog",
    "erasing:check",
    "erasing:sealed",
]
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.crash.erasing", "tests.crash.reaching"])


@pytest.mark.slow
def test_killed_anywhere_it_comes_to_the_same_end(tmp_path: Path) -> None:
    first = tmp_path / "first"
    fill(first)
    assert traces(first, WORDS)
    ends = []
    for number, step in enumerate(STEPS):
        home = tmp_path / str(number)
        shutil.copytree(first, home)
        process = processes.Process(target=ask, args=(home, step))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL, step
        here = opened(home)
        assert find(here.store("shop").snapshot(), "", 0, 10).total == 2, f"out of sight after {step}"
        here.close()
        done = resume(home)
        assert (done.state, done.subject, done.error) == ("done", None, None), step
        assert done.certificate is not None
        assert holds(done.certificate)
        assert traces(home, WORDS) == [], step
        here = opened(home)
        found = find(here.store("shop").snapshot(), "", 0, 10)
        here.close()
        ends.append(tuple(sorted((one.id, one.events) for one in found.people)))
    assert Counter(ends) == {ends[0]: len(STEPS)}
    assert [events for _, events in ends[0]] == [10, 10]


@pytest.mark.slow
def test_what_a_killed_process_wrote_and_did_not_commit_is_gone_with_the_certificate(
    tmp_path: Path,
) -> None:
    clock = reaching.Time()
    server = reaching.opened(tmp_path, "server", clock)
    reaching.set_up(server)
    reaching.visit(server, 0)
    process = processes.Process(target=reaching.drain_and_die, args=(tmp_path, "one", "arrivals:written"))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    store = server.store("shop")
    store.refresh()
    folder = tmp_path / "lake" / "shop" / "arrivals"
    in_force = {file.path for file in store.lake.plain("arrivals").files()}
    [lost] = {str(one.relative_to(folder)) for one in folder.rglob("*.parquet")} - in_force
    assert traces((folder / lost).parent, WORDS), "no log names the file, and it holds her"

    clock.now += reaching.WAIT + 1
    asked = reaching.ask(server)
    assert server.erasures.work("shop", asked)
    assert reaching.states(server, asked) == {"one": "unanswered", "server": "cleaned"}
    assert [trace for trace in traces(tmp_path, WORDS) if not trace.startswith("one/")] == []

    back = reaching.opened(tmp_path, "one", clock, collects=True)
    assert back.answering.look()
    assert traces(tmp_path, WORDS) == []
    store.refresh()
    assert people.get(store.snapshot(), "user:somebody-else").events == 2
    back.close()
    server.close()
    assert traces(tmp_path, WORDS) == []


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_answers_answers_once_it_is_back(tmp_path: Path) -> None:
    clock = reaching.Time()
    server = reaching.opened(tmp_path, "server", clock)
    reaching.set_up(server)
    reaching.visit(server, 0)
    second = reaching.opened(tmp_path, "second", clock)
    reaching.visit(second, 10)
    second.close()
    asked = reaching.ask(server)

    def run(step: str | None, first: int | None = None) -> str:
        process = processes.Process(target=reaching.answer_and_die, args=(tmp_path, "second", step, first))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        return reaching.states(server, asked)["second"]

    assert not server.erasures.work("shop", asked)
    assert run("drain:events committed", first=20) == "asked"
    assert not server.erasures.work("shop", asked)
    assert run(None) == "gathered"
    assert not server.erasures.work("shop", asked)
    for step in ("erase:columns forgotten", "erase:inbox compressed"):
        assert run(step) == "cleaning", step
        assert not server.erasures.work("shop", asked)
    assert run(None) == "cleaned"
    assert server.erasures.work("shop", asked)

    found = reaching.asked(server, asked).certificate
    assert found is not None
    assert holds(found)
    assert {one["state"] for one in found["processes"]} == {"cleaned"}
    assert traces(tmp_path, WORDS) == []
    store = server.store("shop")
    store.refresh()
    assert people.get(store.snapshot(), "user:somebody-else").events == 3
    server.close()
    assert traces(tmp_path, WORDS) == []
