"""How fast a question reads beside how fast this machine's memory can be read."""

from __future__ import annotations

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bench.questions import PARAMS
from bench.world import DAYS, local_day
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.run import Asking, ask
from tidewheel.core.period import Calendar
from tidewheel.identify.resolve import resolve
from tidewheel.store.view import View

TURNS, BLOCK = 5, 256 << 20
GIB = float(1 << 30)


def run(view: View) -> dict[str, float]:
    """Return the bytes that trends must touch, how fast they are gone through, and memory's own rate."""
    kind, params = PARAMS["trends"]
    cores = len(os.sched_getaffinity(0))
    threads = Threads(cores)
    asking = Asking(Calendar(), local_day(DAYS), threads)
    took = []
    for turn in range(TURNS + 1):
        begin = time.perf_counter()
        ask(view, kind, {**params, "top": 40 + turn}, asking)
        took.append(time.perf_counter() - begin)
    threads.close()
    gib, memory = touched(view) / GIB, memory_rate(cores)
    rate = gib / min(took[1:])
    return {"gib": gib, "rate": rate, "memory_rate": memory, "share": rate / memory, "cores": cores}


def touched(view: View) -> int:
    """Return the bytes of times, event codes, runs and persons: all that a question of event names reads."""
    snapshot = view.snapshot()
    people = resolve(snapshot)
    columns = sum(one.segment.time.nbytes + one.segment.event.nbytes for one in snapshot.segments)
    runs = sum(index.heads.nbytes + index.runs.nbytes for index in snapshot.indexes)
    return columns + runs + people.heads.nbytes + people.actors.nbytes


def memory_rate(cores: int) -> float:
    """Return the GiB a second that so many threads add up, each an array of its own that no cache holds."""
    arrays = [np.ones(BLOCK // 8) for _ in range(cores)]
    rates = []
    with ThreadPoolExecutor(cores) as pool:
        for _ in range(TURNS):
            begin = time.perf_counter()
            list(pool.map(np.sum, arrays))
            rates.append(cores * BLOCK / GIB / (time.perf_counter() - begin))
    return statistics.median(rates)
