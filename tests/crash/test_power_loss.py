"""The power goes: what was not synced is gone, or half there. What was promised is there once all the same."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.crash.ingest import BATCH
from tests.crash.power import Disk, record, replay
from tests.e2e.server import ROOT
from tests.unit.store.builders import settings
from tidewheel.store.storehouse import Storehouse

BATCHES = 30
CUTS = 20


def check(home: Path, promised: set[int]) -> int:
    """Open what a cut has left and hold it against what was promised; twice, as after a restart."""
    for _ in range(2):
        with Storehouse.open(home, settings(home)) as house:
            store = house.project("shop")
            counts = Counter(
                int(key) for loaded in store.snapshot().segments for key in loaded.segment.id.tolist()
            )
            store.flush()
        keys = {key for number in promised for key in range(number * BATCH, (number + 1) * BATCH)}
        assert keys <= counts.keys(), f"{len(keys - counts.keys())} events are lost"
    return len(counts)


@pytest.mark.slow
def test_a_power_cut_takes_nothing_that_was_promised(tmp_path: Path) -> None:
    if not shutil.which("strace"):
        pytest.fail("There is no strace on PATH: `make test` installs it.", pytrace=False)
    seed = random.randrange(2**32)
    print("seed", seed)  # noqa: T201 - a failure shows it
    dice = random.Random(seed)
    root, log = tmp_path / "disk", tmp_path / "calls"
    root.mkdir()
    command = [sys.executable, "-m", "tests.crash.unplugged", str(root / "home"), str(BATCHES)]
    record(command, log, {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"})
    calls: list[tuple[str, str, str, str]] = []
    replay(log, lambda *call: calls.append(call))
    interesting = [
        at for at, call in enumerate(calls) if call[0] in {"fsync", "fdatasync", "rename", "unlink", "linkat"}
    ]
    cuts = sorted(dice.sample(interesting, CUTS))
    disk, promised, place = Disk(root), set[int](), 0
    for number, call in enumerate(calls):
        if call[0] == "write" and call[1].startswith("1<"):
            said = bytes.fromhex(call[1].split('"')[1].replace("\\x", "")).decode()
            promised.update(int(word) for word in said.split())
        disk.take(*call)
        if place < CUTS and number == cuts[place]:
            place += 1
            left = tmp_path / f"cut-{place}"
            disk.cut(dice, left)
            (left / "home").mkdir(exist_ok=True)
            check(left / "home", set(promised))
            shutil.rmtree(left)
    assert len(promised) == BATCHES + BATCHES // 10
