"""One engine in a process of its own: reads requests, one JSON a line, and writes answers the same way."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def main(name: str, folder: str, threads: str) -> None:
    """Serve until standard input ends. Whatever the engine prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    module = importlib.import_module(f"bench.engines.{name}")
    begun = time.perf_counter()
    engine: Any = module.Engine(Path(folder), int(threads))
    opening = time.perf_counter() - begun
    for line in sys.stdin:
        request = json.loads(line)
        start, used = time.perf_counter(), time.process_time()
        if request["do"] == "load":
            engine.load()
            said: dict[str, Any] = {"version": engine.version(), "opening": opening}
        elif request["do"] == "forget":
            Path("/proc/self/clear_refs").write_text("5")
            said = {}
        else:
            said = {"answer": engine.ask(request["question"], request["turn"])}
        said |= {
            "seconds": time.perf_counter() - start,
            "processor_seconds": time.process_time() - used,
            "peak_bytes": peak(),
        }
        answers.write(json.dumps(said) + "\n")


def peak() -> int:
    """Return the most memory this process has held since the last reset, in bytes."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main(*sys.argv[1:])
