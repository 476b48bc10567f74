"""The same questions to every engine, in turns, each engine in its own process; answers must be equal."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.questions import PARAMS
from bench.world import PROJECT, make

ENGINES = ("tidewheel", "clickhouse", "clickhouse_dictionary", "duckdb")


class Worker:
    """An engine's process."""

    def __init__(self, name: str, folder: Path, threads: int) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.worker", name, str(folder), str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, **request: Any) -> dict[str, Any]:
        """Send one request and wait for its answer."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with {self._process.wait()}")
        said: dict[str, Any] = json.loads(line)
        return said

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(60)


def run(folder: Path, events: int, engines: list[str], turns: int) -> dict[str, Any]:
    """Return seconds, memory and bytes per engine; stop when two engines disagree."""
    folder.mkdir(parents=True, exist_ok=True)
    total = make(folder, events)
    threads = len(os.sched_getaffinity(0))
    for (
        name
    ) in engines:  # native tables are built in a process of their own: its memory is not the question's
        builder = Worker(name, folder, threads)
        print(f"{name}: loaded in {builder.do(do='load')['seconds']:.1f} s", flush=True)
        builder.close()
    workers = [Worker(name, folder, threads) for name in engines]
    found: dict[str, dict[str, Any]] = {}
    for worker in workers:
        opened = worker.do(do="load")
        worker.do(do="forget")
        found[worker.name] = {
            "version": opened["version"],
            "open_seconds": opened["opening"] + opened["seconds"],
            "opening_timed": True,
            "questions": {},
        }
    for question in PARAMS:
        ask_all(workers, question, turns, found)
    for worker in workers:
        worker.close()
    home = folder / "home" / "projects" / PROJECT
    return {
        "events": total,
        "turns": turns,
        "engines": found,
        "lake_bytes": size(home / "lake"),
        "column_bytes": size(home) - size(home / "lake"),
    }


def ask_all(workers: list[Worker], question: str, turns: int, found: dict[str, dict[str, Any]]) -> None:
    """Ask every engine ``turns`` times in turn. The first time is kept apart: it reads and compiles."""
    seconds: dict[str, list[float]] = {worker.name: [] for worker in workers}
    used: dict[str, list[float]] = {worker.name: [] for worker in workers}
    answers: dict[str, Any] = {}
    for turn in range(turns + 1):
        for worker in workers:
            said = worker.do(do="ask", question=question, turn=turn)
            seconds[worker.name].append(said["seconds"])
            used[worker.name].append(said["processor_seconds"])
            answers[worker.name] = said["answer"]
            found[worker.name]["peak_bytes"] = said["peak_bytes"]
        first = workers[0].name
        for name, answer in answers.items():
            if answer != answers[first]:
                raise SystemExit(
                    f"{question}: {name} and {first} disagree{difference(answer, answers[first])}"
                )
    for name, times in seconds.items():
        found[name]["questions"][question] = {
            "first": times[0],
            "median": statistics.median(times[1:]),
            "least": min(times[1:]),
            "processor": statistics.median(used[name][1:]),
        }
        print(
            f"{question:18} {name:22} {statistics.median(times[1:]):8.3f} s, "
            f"{statistics.median(used[name][1:]):8.3f} s of processors",
            flush=True,
        )


def difference(one: dict[str, Any], other: dict[str, Any]) -> str:
    """Return the first line in which two answers differ."""
    for key in sorted({*one, *other}):
        if one.get(key) != other.get(key):
            return f" at {key!r}: {str(one.get(key))[:200]} and {str(other.get(key))[:200]}"
    return ""


def size(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
