"""Run by ``test_budget.py`` in a process of its own: merge a month under a limit on the memory of the process.

``python -m tests.unit.store.bounded FOLDER MEMORY_MB ROOM_MB`` prints how many segments are left.
"""

from __future__ import annotations

import resource
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from tidewheel.store.budget import Budget
from tidewheel.store.view import Chunk, View

FILES, ROWS = 12, 150_000
START = 1_790_000_000_000


def rows(number: int, count: int) -> pa.Table:
    """Return the rows of one lake file."""
    rng = np.random.default_rng(number)
    return pa.table(
        {
            "time": pa.array(START + rng.integers(0, 86_400_000, count), pa.timestamp("ms", "UTC")),
            "name": pa.array(np.array(["page_view", "purchase"])[rng.integers(0, 2, count)]),
            "actor": pa.array(np.char.add("device:", rng.integers(0, 20_000, count).astype(str))),
            "id": pa.array(rng.integers(0, 2**62, count)),
            "source": pa.array(["web"] * count),
            "n_value": pa.array(rng.random(count)),
        }
    )


def shown(folder: Path, memory: int, files: int, count: int) -> View:
    """Return a view of some files."""
    view = View(folder, Budget(memory << 20))
    chunks = [Chunk(f"file-{number}", partial(rows, number, count), durable=True) for number in range(files)]
    view.replace(chunks, [])
    return view


def main() -> None:
    """Make the columns; or, with room given, merge them with no more than that beside what the process has."""
    folder, memory, room = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    if not room:
        shown(folder / "warm", 64, 3, 1_000)
        shown(folder / "columns", memory, FILES, ROWS)
        return
    shown(folder / "warm", 64, 3, 1_000).merge(whole=True)
    view = shown(folder / "columns", memory, FILES, ROWS)
    status = Path("/proc/self/status").read_text("utf-8")
    data = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData"))
    resource.setrlimit(resource.RLIMIT_DATA, ((data << 10) + (room << 20), resource.RLIM_INFINITY))
    view.merge(whole=True)
    sys.stdout.write(f"{len(view.snapshot().segments)}\n")


if __name__ == "__main__":
    main()
