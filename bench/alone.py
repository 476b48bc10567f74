"""What only Tidewheel can be asked: starts, new snapshots, periods, and properties nobody asks for.

``python -m bench.alone start FOLDER`` opens a made world in a process of its own and answers one question.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from bench import board, scan
from bench.engines.tidewheel import Engine
from bench.questions import FUNNEL, PARAMS, PERIOD
from bench.world import DAY_MS, DAYS, PROJECT, local_day, make
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.run import Asking, ask
from tidewheel.core.clock import system_clock
from tidewheel.core.period import Calendar
from tidewheel.identify.resolve import Resolver, resolve
from tidewheel.store.lakehouse import Lakehouse
from tidewheel.store.links import LINK_SCHEMA
from tidewheel.store.view import Carried, Chunk, View

TURNS, STEPS, NEW_LINKS, STARTS = 5, 15, 1_000, 3
WIDE_ROWS, WIDE, SET = 200_000, 1_000, 10


def run(folder: Path, events: int) -> dict[str, Any]:
    """Return the figures of one size."""
    folder.mkdir(parents=True, exist_ok=True)
    total = make(folder, events)
    view = opened(folder)
    view.merge(whole=True)
    resolve(view.snapshot())
    view.keep(whole=True)  # as a server does hourly and when it ends
    found = {"events": total, "steps": steps(folder, view), "period": period(view)}
    found |= {"board": board.run(view), "scan": scan.run(view)}
    del view
    found["start"] = starts(folder)
    found["wide"] = wide()
    print(json.dumps(found), flush=True)
    return found


def opened(folder: Path) -> View:
    """Return a view over a made world."""
    project = folder / "home" / "projects" / PROJECT
    view = View(project / "columns")
    lake = Lakehouse(str(project / "lake"), None, system_clock)
    view.replace(lake.events.chunks(), lake.links.chunks())
    return view


def starts(folder: Path) -> dict[str, float]:
    """Return the medians of a few starts, with the files out of the system's cache and in it."""
    found = {}
    for name in ("cold", "warm"):
        took = [start(folder, cold=name == "cold") for _ in range(STARTS)]
        found[name], found[f"{name}_processor"] = (statistics.median(one) for one in zip(*took, strict=True))
    return found


def start(folder: Path, *, cold: bool) -> tuple[float, float]:
    """Return the seconds from opening to the first funnel in a new process, and the processor's.

    ``cold``: files out of the cache.
    """
    if cold:
        for path in folder.rglob("*"):
            if path.is_file():
                handle = os.open(path, os.O_RDONLY)
                os.fsync(handle)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)
    said = subprocess.run(
        [sys.executable, "-m", "bench.alone", "start", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    took, processor = (float(word) for word in said.stdout.strip().splitlines()[-1].split())
    return took, processor


def first_answer(folder: Path) -> tuple[float, float]:
    """Return the seconds from opening a world to its first answer, and the processor's."""
    begin, used = time.perf_counter(), time.process_time()
    Engine(folder, len(os.sched_getaffinity(0))).ask("funnel", 0)
    return time.perf_counter() - begin, time.process_time() - used


def steps(folder: Path, view: View) -> dict[str, float]:
    """Return the seconds until persons are known: from nothing, and after links that came late."""
    lake = Lakehouse(str(folder / "home" / "projects" / PROJECT / "lake"), None, system_clock)
    events, links = lake.events.chunks(), lake.links.chunks()
    snapshot = view.snapshot()
    resolve(snapshot)
    forgetful = replace(snapshot, kept=Carried())  # or it would map what was kept
    whole = timed(lambda: Resolver().people(forgetful))
    rng = np.random.default_rng(1)
    shown, resolved = [], []
    for number in range(STEPS):
        known = snapshot.actors.strings(rng.integers(0, snapshot.actor_count, NEW_LINKS))
        fresh = [f"user:new-{number}-{place}" for place in range(NEW_LINKS)]
        moment = np.full(NEW_LINKS, local_day(DAYS) - number * 1_000)
        links.append(Chunk(f"late-{number}", partial(link_table, fresh, known, moment), durable=False))
        shown.append(timed(partial(view.replace, events, links)))
        resolved.append(timed(partial(resolve, view.snapshot())))
    return {
        "actors": snapshot.actor_count,
        "links": NEW_LINKS,
        "whole": whole,
        "step": statistics.median(resolved),
        "shown": statistics.median(shown),
    }


def link_table(fresh: list[str], known: list[str], moment: Any) -> pa.Table:
    """Return links of new accounts and known identifiers."""
    same = ["same_event"] * len(fresh)
    return pa.table(
        [
            pa.array(fresh),
            pa.array(known),
            pa.array(moment, pa.timestamp("ms", "UTC")),
            pa.array(np.arange(len(fresh))),
            pa.array(same),
            pa.array(same),
        ],
        names=LINK_SCHEMA.names[:6],
    )


def period(view: View) -> dict[str, float]:
    """Return the seconds of the funnel over the whole half year and over its last month."""
    month = {"from": "2026-10-01", "to": "2026-10-31"}
    return {
        name: asked(view, "funnel", {**PARAMS["funnel"][1], "period": span})
        for name, span in (("whole", PERIOD), ("month", month))
    }


def wide() -> dict[str, float]:
    """Return the seconds of one question where events have a few properties, and where 1,000 are known."""
    rng = np.random.default_rng(1)
    found = {}
    for name, properties in (("narrow", SET), ("wide", WIDE)):
        table = wide_table(rng, properties)
        view = View(None)
        view.replace([Chunk(name, lambda table=table: table, durable=True)], [])  # type: ignore[misc]
        params = {
            **PARAMS["funnel"][1],
            "breakdowns": [{"property": "p0"}],
            "filters": [{"property": "p1", "op": "is_set"}],
        }
        found[name] = asked(view, "funnel", params)
    return found


def wide_table(rng: np.random.Generator, properties: int) -> pa.Table:
    """Return events of a month that have :data:`SET` of so many properties each."""
    columns = {
        "time": pa.array(
            local_day(0) + rng.integers(DAY_MS, 20 * DAY_MS, WIDE_ROWS), pa.timestamp("ms", "UTC")
        ),
        "name": pa.array(np.array(FUNNEL)[rng.integers(0, len(FUNNEL), WIDE_ROWS)]),
        "actor": pa.array(np.char.add("device:", rng.integers(0, WIDE_ROWS // 50, WIDE_ROWS).astype(str))),
        "id": pa.array(rng.integers(0, 2**63, WIDE_ROWS)),
        "source": pa.array(["bench"] * WIDE_ROWS),
    }
    for number in range(properties):
        has = rng.random(WIDE_ROWS) < (SET / properties if number > 1 else 1)
        values = pa.array(np.char.add("v", rng.integers(0, 9, WIDE_ROWS).astype(str)), mask=~has)
        columns[f"s_p{number}"] = values
    return pa.table(columns)


def asked(view: View, kind: str, params: dict[str, Any]) -> float:
    """Return the median seconds of a question; a changed ``top`` misses the cache of answers."""
    asking = Asking(Calendar(), local_day(DAYS), Threads(len(os.sched_getaffinity(0))))
    ask(view, kind, {**params, "top": 9}, asking)
    return statistics.median(
        timed(lambda turn=turn: ask(view, kind, {**params, "top": 10 + turn}, asking))  # type: ignore[misc]
        for turn in range(TURNS)
    )


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds of one call."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    print(*first_answer(Path(sys.argv[2])))
