"""The processes that run SQL: started when first needed, kept warm, replaced when they end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Final

from tidewheel.analyse.sql.problems import engine_failed
from tidewheel.analyse.sql.wire import Line
from tidewheel.core.errors import Unavailable

_COMMAND: Final = (sys.executable, "-P", "-m", "tidewheel.analyse.sql.runner")
_INHERITED: Final = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ", "TZDIR")
"""What a process is told of the server's surroundings: none of its secrets."""
_MEMORY: Final = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "DUCKDB_JE_MALLOC_CONF": "retain:false",
    "MALLOC_ARENA_MAX": "2",
}
"""Lets what is bounded be what is used: Arrow would claim a gigabyte at its first row, the others keep what is freed."""
_ENDING: Final = 2.0
"""Seconds it may take between the end of a line and that of its process."""
_KEPT: Final = 2
"""Most processes that wait for a query."""


class Runner:
    """One process, and the line to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        known = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - nobody else's words are in it
                (*_COMMAND, str(theirs.fileno())),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                cwd="/",
                env=known | _MEMORY | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
                start_new_session=True,
            )
        self.line = Line(ours)

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    def lives(self) -> bool:
        """Return whether the process has not ended."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process now; whoever waits for it is told."""
        self._process.kill()

    def ended(self) -> str | None:
        """Return what ended the process; None: it lives."""
        try:
            code = self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            return None
        return signal.Signals(-code).name if code < 0 else str(code)

    def end(self) -> None:
        """End the process if it lives."""
        self._process.kill()
        self._process.wait()
        self.line.close()


class Runners:
    """Lends processes; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Runner] = []
        self._closed = False

    def take(self) -> Runner:
        """Return a process that waits for a query."""
        with self._lock:
            while self._idle:
                found = self._idle.pop()
                if found.lives():
                    return found
                found.end()
        return _started()

    def give(self, runner: Runner) -> None:
        """Take back a process that has done its work."""
        with self._lock:
            if not self._closed and len(self._idle) < _KEPT:
                self._idle.append(runner)
                return
        runner.end()

    def replace(self) -> None:
        """Have another process ready for the next query, in place of one that has ended."""
        with self._lock:
            if self._closed or self._idle:
                return
            with suppress(Unavailable):  # the next query tells
                self._idle.append(_started())

    def close(self) -> None:
        """End the processes that wait; those that work end with their queries."""
        with self._lock:
            self._closed = True
            for one in self._idle:
                one.end()
            self._idle.clear()


def _started() -> Runner:
    try:
        return Runner()
    except OSError as error:
        raise engine_failed(str(error)) from error
