"""The processes that run SQL for another one, and their memory."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MODULE = b"tidewheel.analyse.sql.runner"


def of(parent: int | None = None) -> set[int]:
    """Return the numbers of those a process has started, by default this one."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if MODULE in (folder / "cmdline").read_bytes().split(b"\0") and _figure(
                int(folder.name), "PPid"
            ) == (parent or os.getpid()):
                found.add(int(folder.name))
    return found


def alive(pids: set[int]) -> set[int]:
    """Return those of some processes that still run SQL, whoever their parent is by now."""
    found = set()
    for pid in pids:
        with suppress(OSError):
            if MODULE in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                found.add(pid)
    return found


def resident(pid: int) -> int:
    """Return the MiB a process holds."""
    return _figure(pid, "VmRSS") // 1024


@contextmanager
def measured() -> Iterator[dict[int, int]]:
    """Yield what each of ours has held at most meanwhile, in MiB, beside its idle part."""
    most: dict[int, int] = {}
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            for pid in of():
                with suppress(OSError):
                    most[pid] = max(most.get(pid, 0), resident(pid))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def wait_until_gone(pids: set[int], seconds: float = 20) -> None:
    """Return once these have ended."""
    end = time.monotonic() + seconds
    while left := alive(pids):
        assert time.monotonic() < end, f"still there: {left}"
        time.sleep(0.02)


def _figure(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0
