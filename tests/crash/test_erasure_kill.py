"""kill -9 at every step of an erasure: begun again, it comes to the same end."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.crash.erasing import WORDS, ask, fill, opened, resume
from tests.scan import traces
from tidewheel.identify.people import find
from tidewheel.serve.privacy.certificate import holds

STEPS = [
    "erasing:facts",
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
processes.set_forkserver_preload(["tests.crash.erasing"])


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
