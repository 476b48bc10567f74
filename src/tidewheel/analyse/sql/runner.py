"""The process that runs SQL: ``python -m tidewheel.analyse.sql.runner SOCKET``.

It is no part of the server, so that a query that takes more memory than it may, or breaks the engine, ends here. The system
bounds what it takes; it is the first to go when the whole machine is out of memory, writes no core, and ends with the server.
"""

from __future__ import annotations

import os
import re
import resource
import select
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from tidewheel.analyse.sql import statement
from tidewheel.analyse.sql.limits import MIB, Limits
from tidewheel.analyse.sql.problems import engine_failed, out_of_memory
from tidewheel.analyse.sql.wire import GoneError, Line, error_packed
from tidewheel.core.errors import TidewheelError, Unavailable

_JOBS: Final = {"answer": statement.answer, "describe": statement.describe}
_KEPT: Final = 64 * MIB
"""What may be left in memory of a query; a process that has more left ends, and another takes its place."""


def main() -> None:
    """Answer one query after the other."""
    end = int(sys.argv[1])
    threading.Thread(target=_end_with_server, args=(end,), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what an engine shouts while it breaks may hold values
    line = Line(socket.socket(fileno=end))
    statement.warm()
    idle = _taken()
    with suppress(GoneError):
        while _work(line, idle):
            pass


def _work(line: Line, idle: int) -> bool:
    """Answer one query; returns whether the process is fit for another."""
    job, _ = line.hear()
    limits = Limits.read(job["limits"])
    _bound(_taken() + limits.whole(limits.threads or os.cpu_count() or 1))
    told: TidewheelError | None
    done: dict[str, Any] = {}
    try:
        done = _JOBS[job["do"]](statement.Reader(line), job)
    except TidewheelError as error:
        told = error
    except MemoryError:
        told = out_of_memory(limits.memory_mb)
    except GoneError:
        raise
    except Exception as error:  # noqa: BLE001 - the server is told, whatever it is
        told = engine_failed(type(error).__name__)
    else:
        told = None
    stays = _taken() < idle + _KEPT and not isinstance(told, Unavailable)
    how = {"say": "failed", "error": error_packed(told)} if told else {"say": "done", **done}
    line.tell({**how, "stays": stays})
    return stays


def _bound(most: int) -> None:
    """Let the system refuse memory beyond so many bytes that may be written: values, stacks and all, but no mapped files."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _taken() -> int:
    """Return the bytes that count as taken."""
    try:
        found = re.search(r"^VmData:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def _end_with_server(end: int) -> None:
    ends = select.poll()
    ends.register(end, 0)
    ends.poll()
    os._exit(0)


if __name__ == "__main__":
    main()
