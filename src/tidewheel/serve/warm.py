"""Compiling the kernels once after an install or upgrade, in a process of their own.

Compiled code is cached on disk. Until it is, questions wait for the compiler instead of starting
another one, so that the server stays quick for everything else. That process has a lock, which outlives its server:
of servers that start at once, or one after another, one compiles and the others wait.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

import structlog

import tidewheel
from tidewheel.analyse import machine_code
from tidewheel.analyse.executor import Stop
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.run import ANALYSES, Asking, ask, people_behind
from tidewheel.core.period import Calendar
from tidewheel.demo import world
from tidewheel.identify.people import find, get, timeline
from tidewheel.retail.home import home
from tidewheel.store.view import Chunk, View

log = structlog.get_logger("tidewheel.warm")
NOW: Final = 1_795_255_200_000
LIMIT_SECONDS: Final = 600
COMPILE: Final = (sys.executable, "-m", "tidewheel.serve.warm")
"""The command that compiles and then leaves the stamp whose path follows."""
LOCK: Final = "compiling.lock"


class Warmth:
    """Whether kernels are compiled. Ready from the start unless :meth:`begin` finds work to do.

    ``folder`` keeps the note that they are: beside the machine code, wherever numba has put it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or machine_code.place()
        self._ready = threading.Event()
        self._ready.set()

    @property
    def ready(self) -> bool:
        """Whether questions are answered at full speed."""
        return self._ready.is_set()

    def begin(self) -> None:
        """Compile in the background what has not been compiled for this version and processor."""
        stamp = self._folder / f"kernels-{_fingerprint()}"
        if stamp.exists():
            return
        self._ready.clear()
        threading.Thread(target=self._compile, args=(stamp,), name="warm", daemon=True).start()

    def wait(self, stop: Stop | None = None) -> None:
        """Return once kernels are compiled; raises Cancelled when nobody waits any more."""
        while not self._ready.wait(0.1):
            if stop is not None:
                stop.check()

    def _compile(self, stamp: Path) -> None:
        try:
            stamp.parent.mkdir(parents=True, exist_ok=True)
            with (stamp.parent / LOCK).open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not stamp.exists():
                    _run(stamp, lock.fileno())
        except (OSError, subprocess.TimeoutExpired) as error:
            log.warning("kernels_not_compiled", why=str(error))
        finally:
            self._ready.set()


def _run(stamp: Path, lock: int) -> None:
    """Compile in a process that holds the lock as well, should this one end meanwhile."""
    done = subprocess.run(  # noqa: S603 - nobody else's words are in it
        (*COMPILE, str(stamp)), check=False, timeout=LIMIT_SECONDS, capture_output=True, pass_fds=(lock,)
    )
    if done.returncode != 0:
        log.warning("kernels_not_compiled", why=done.stderr[-500:].decode("utf-8", "replace"))


def _fingerprint() -> str:
    """Return a key of everything that compiled code depends on."""
    root = Path(tidewheel.__file__).parent
    files = sorted(path for path in root.rglob("*.py") if "@njit" in path.read_text("utf-8"))
    parts = [
        sys.version,
        version("numba"),
        machine_code.processor(),
        str(root),
        *(f"{path}{path.stat().st_mtime_ns}" for path in files),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def compile_kernels() -> None:
    """Ask every kind of question of a small world, from files and from memory, so that all is compiled."""
    tables = next(world(240, 40, 1, NOW).tables())
    events = tables.events
    half = len(events) // 2
    with tempfile.TemporaryDirectory() as folder:
        view = View(Path(folder))
        view.replace(
            [
                Chunk("files", partial(events.slice, 0, half), durable=True),
                Chunk("memory", partial(events.slice, half), durable=False),
            ],
            [Chunk("links", lambda: tables.links, durable=True)],
        )
        asking = Asking(Calendar(), NOW, Threads(1))
        snapshot = view.snapshot()
        view.known(events["actor"].combine_chunks().slice(0, 1), events["id"].to_numpy()[:1].view("uint64"))
        home(view, asking)
        for kind, analysis in ANALYSES.all().items():
            for sample in analysis.samples:
                ask(view, kind, sample, asking)
        people_behind(
            view, "trends", {"series": [{"step": {"any_of": [{"event": "purchase"}]}}]}, {"series": 0}, asking
        )
        for person in find(snapshot, "", 0, 3).people:
            get(snapshot, person.id)
            timeline(snapshot, person.id, None, 5)


def leave(stamp: Path) -> None:
    """Leave the note that all is compiled, and take away those of other versions."""
    for old in stamp.parent.glob("kernels-*"):
        old.unlink(missing_ok=True)
    stamp.touch()


if __name__ == "__main__":
    signal.alarm(LIMIT_SECONDS)  # also where nobody is left to look at the time
    if hasattr(os, "nice"):
        os.nice(5)
    compile_kernels()
    leave(Path(sys.argv[1]))
