"""A process that dies amid reading: a table and a folder come in to their ends, each row once, and the history says what was."""

from __future__ import annotations

import multiprocessing
import random
import signal
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.crash.pulling import (
    FILES,
    LINES,
    TABLE,
    fill_folder,
    fill_table,
    history,
    opened,
    set_up,
    states,
    work,
)
from tests.postgres import postgres
from tidewheel.collect.connectors.sql import PAGE

SPANS = [(0.2, 1.5), (2.0, 5.0), (2.0, 5.0), (2.0, 5.0)]
"""Between how many seconds of work each process dies: the first while it opens, the others amid reading."""
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(
    [
        "tests.crash.pulling",
        "scipy.linalg",
        "numba.np.arraymath",
        "numba.cpython.charseq",
        "numba.cpython.hashing",
    ]
)


@pytest.mark.slow
@pytest.mark.postgres
def test_a_pull_that_dies_goes_on_where_it_was(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)  # noqa: T201 - a failure shows it
    chance = random.Random(seed)
    home, deaths = tmp_path / "home", 0
    with postgres() as url:
        set_up(home, {"sql": fill_table(url), "folder": fill_folder(tmp_path / "files")})
        for seconds in [*(chance.uniform(*span) for span in SPANS), None]:
            process = processes.Process(target=work, args=(home, seconds))
            process.start()
            process.join(120)
            assert process.exitcode in ((-signal.SIGPROF, 0) if seconds else (0,))
            deaths += process.exitcode != 0
    assert deaths
    here = opened(home)
    shown = np.concatenate([loaded.segment.id for loaded in here.store("shop").snapshot().segments])
    counts = Counter(shown.tolist())
    assert len(counts) == TABLE + FILES * LINES
    assert max(counts.values()) == 1
    for name, rows, batch in (("sql", TABLE, PAGE + 3), ("folder", FILES * LINES, LINES)):
        told = list(history(here, name))
        assert [one.state for one in told] == ["interrupted"] * (len(told) - 1) + ["done"]
        assert {one.by for one in told} == {"ada"}
        assert all(one.started_at <= (one.finished_at or 0) for one in told)
        assert all((one.finished_at or 0) <= after.started_at for one, after in pairwise(told))
        read = [one.counts.get("rows", 0) for one in told]
        fresh = sum(one.counts.get("facts", 0) - one.counts.get("duplicates", 0) for one in told)
        assert rows <= sum(read) <= rows + deaths * batch
        assert rows - deaths * batch <= fresh <= rows
    assert [(one.lease, one.left or 0, one.problem, one.wanted_by) for one in states(here)] == [
        (None, 0, None, None)
    ] * 2
    assert not list((home / "scratch").iterdir())
    here.close()
