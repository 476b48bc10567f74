"""The setting bounds what a merge takes: under a limit of the system a bounded one ends well, an unbounded one does not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.store.bounded import FILES, ROWS
from tests.unit.store.builders import event
from tidewheel.store.budget import READ, READ_ROW, Budget
from tidewheel.store.lake import LakeTable
from tidewheel.store.order import join, sorted_events
from tidewheel.store.rows import to_table

ROOT = Path(__file__).parents[3]
MEMORY = 64


def run(folder: Path, memory: int, room: int) -> subprocess.CompletedProcess[str]:
    """Make columns in a process of its own; or, with room given, merge them with no more MiB than it has and that."""
    return subprocess.run(
        [sys.executable, "-m", "tests.unit.store.bounded", str(folder), str(memory), str(room)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env={"PYTHONPATH": "src:.", "ARROW_DEFAULT_MEMORY_POOL": "system", "PATH": "/usr/bin:/bin"},
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_merging_columns_stays_within_the_setting(tmp_path: Path) -> None:
    made = run(tmp_path / "bounded", MEMORY, 0)
    assert made.returncode == 0, made.stderr[-2000:]
    shutil.copytree(tmp_path / "bounded", tmp_path / "unbounded")
    bounded = run(tmp_path / "bounded", MEMORY, MEMORY // 2 + 8)
    assert bounded.returncode == 0, bounded.stderr[-2000:]
    assert 1 < int(bounded.stdout) < FILES
    unbounded = run(tmp_path / "unbounded", 4096, MEMORY // 2 + 8)
    assert unbounded.returncode != 0
    assert "MemoryError" in unbounded.stderr


def test_less_memory_merges_compacts_and_loads_less() -> None:
    small, large = Budget(64 << 20), Budget()
    assert small.may_merge(ROWS, ROWS * 24)
    assert not small.may_merge(FILES * ROWS, FILES * ROWS * 24)
    assert large.may_merge(FILES * ROWS, FILES * ROWS * 24)
    assert small.may_compact(100_000, 2_500_000)
    assert not small.may_compact(1_000_000, 25_000_000)
    assert not small.may_compact(1_000, 25_000_000)  # few rows with much in them
    assert large.may_compact(1_000_000, 25_000_000)
    assert small.load_rows(1_000_000) < 100_000 < large.load_rows(1_000_000) == 1_000_000


def test_a_month_is_cut_into_ranges_that_fit() -> None:
    for millions, wanted in ((16, range(2, 3)), (33, range(3, 17)), (37, range(3, 17)), (40, range(17, 100))):
        assert Budget().ranges(millions * 10**6, millions * 33 * 10**6, 16_000_000) in wanted, millions
    assert Budget().ranges(45 * 10**6, 45 * 33 * 10**6, 16_000_000) == 0
    assert Budget(memory=8 << 30).ranges(64 * 10**6, 64 * 33 * 10**6, 16_000_000) == 4


def test_compaction_keeps_to_the_budget(tmp_path: Path) -> None:
    table = LakeTable(str(tmp_path / "events"), by_month=True)
    for number in range(9):
        table.append(sorted_events(to_table([event(number * 50 + key) for key in range(50)])))
    one = max(READ_ROW * 50, READ * table.files()[0].bytes)
    room = Budget(2 * one * 7 // 2)  # three files at a time
    assert table.compact(lambda tables: sorted_events(join(tables)), many=4, budget=room) == 3
    assert sum(file.rows for file in table.files()) == 9 * 50
