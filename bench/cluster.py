"""The constants that ``docs/explanation/scale.md`` projects from: ``python -m bench.cluster``.

One machine plays all parts. Rates are of processor seconds, so that what else keeps the machine busy counts
little; round trips and reading are of the clock and the loopback network. Writes ``results/cluster.json``
and the projection of both pages.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import ray

from bench.machine import machine
from bench.projection import RESULT, write
from bench.world import DAYS, lake_table, links, local_day, make_events, make_people
from tests.object_store import fresh_prefix, object_store
from tidewheel.analyse.executor import Executor, Watch
from tidewheel.analyse.executors.ray import Ray
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.fold import Opened
from tidewheel.analyse.run import Asking, ask
from tidewheel.analyse.spread import Placements, spread
from tidewheel.analyse.worker import RosterOf, Wants, Worker
from tidewheel.core.clock import system_clock
from tidewheel.core.period import Calendar
from tidewheel.core.settings import Settings
from tidewheel.demo import world
from tidewheel.identify.placement import SHARDS
from tidewheel.identify.resolve import resolve
from tidewheel.store.lake import LakeTable
from tidewheel.store.lakehouse import Lakehouse
from tidewheel.store.project import ProjectStore
from tidewheel.store.storehouse import Storehouse
from tidewheel.store.view import Snapshot, View

NOW = 1_795_255_200_000
TURNS = 5
RUN = 16
"""Bytes of a run in the index: segment, first row, end, and where it belongs."""
SIZES = ((500_000, 10_000), (500_000, 60_000), (3_000_000, 60_000))
"""Events and persons of the narrow shops whose memory is compared; the last has fifty events a person."""
PEOPLE = 6_000
"""People of the demo's shop."""


def questions(last: int) -> dict[str, dict[str, Any]]:
    """Return what is asked, over the last so many days."""
    steps = [{"any_of": [{"event": name}]} for name in ("page_view", "view_item", "add_to_cart", "purchase")]
    people = {"step": steps[1], "measure": {"kind": "people"}}
    asked: dict[str, dict[str, Any]] = {
        "funnel": {"steps": steps},
        "trends": {"series": [people], "grain": "day"},
        "retention": {"start": steps[1], "back": steps[3]},
        "paths": {"anchor": steps[0]},
    }
    return {kind: {**params, "period": {"last": last}} for kind, params in asked.items()}


def timed(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the seconds ``work`` takes."""
    begun = clock()
    work()
    return clock() - begun


class Weighing(Executor):
    """Folds as many ranges as there are shards, one after another, and weighs their parts."""

    name = "weighing"

    def __init__(self) -> None:
        self._threads = Threads(1)
        self.bytes = self.seconds = 0.0

    @classmethod
    def open(cls, settings: Settings) -> Self:  # noqa: ARG003 - nothing can be set
        """Make one."""
        return cls()

    def fold(self, opened: Opened, watch: Watch) -> Any:  # noqa: ARG002 - nobody gives up
        """Return the sum of all parts; ``bytes`` and ``seconds`` are of one of them."""
        opened.source.ready(self._threads.map)
        people, parts = opened.people.count, []
        for shard in range(SHARDS):
            part = opened.empty()
            for block, _ in opened.source.blocks(people * shard // SHARDS, people * (shard + 1) // SHARDS):
                part = part.merge(opened.part(block))
            parts.append(part)
        self.bytes = statistics.mean(len(pickle.dumps(part, 5)) for part in parts)
        total = opened.empty()
        begun = time.process_time()
        for part in parts:
            total = total.merge(part)
        self.seconds = (time.process_time() - begun) / SHARDS
        return total


class Spreading(Executor):
    """Does what an asker does on a cluster, with a worker of this process or none: then every answer is empty."""

    name = "spreading"

    def __init__(self) -> None:
        self._placements = Placements()
        self.worker: Worker | None = None

    @classmethod
    def open(cls, settings: Settings) -> Self:  # noqa: ARG003 - nothing can be set
        """Make one."""
        return cls()

    def fold(self, opened: Opened, watch: Watch) -> Any:  # noqa: ARG002 - nobody gives up
        """Place everybody and tell all shards who is in them."""
        ready, shards = spread(opened, self._placements), range(SHARDS)
        if self.worker is None:
            for shard in shards:
                ready.told(RosterOf(shard, None))
            return opened.empty()
        said = self.worker.fold(ready.request, shards, shards)
        while isinstance(said, Wants):
            told = [ready.told(want) for want in said.wants]
            said = self.worker.fold(ready.request, shards, shards, said.wants, told)
        return said.part


class Holder:
    """A view that can be asked, as a project can."""

    def __init__(self, view: View) -> None:
        self._view = view

    def snapshot(self) -> Snapshot:
        """Return the view's state."""
        return self._view.snapshot()


def asked(store: Any, kind: str, params: dict[str, Any], now: int, executor: Executor) -> Callable[[], Any]:
    """Return a way to ask a question anew."""

    def work() -> None:
        store.snapshot().lately.clear()
        ask(store, kind, params, Asking(Calendar(), now, executor))

    return work


def anonymous(pid: int | str = "self") -> int:
    """Return the bytes of a process that are not backed by files: they cannot be dropped."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))


def made(folder: Path, events: int, persons: int) -> int:
    """Write a narrow shop's lake; return its events."""
    rng = np.random.default_rng(1)
    people = make_people(rng, persons)
    lake = Lakehouse(str(folder / "lake"), None, system_clock)
    lake.links.append(links(people))
    total, first, last = 0, local_day(0), local_day(DAYS)
    for month in range(6):
        start, end = (first + (last - first) * edge // 6 for edge in (month, month + 1))
        rows = make_events(rng, people, events / 6, start, end, total)
        lake.events.append(lake_table(rng, rows, people))
        total += len(rows.time)
    return total


def opened(folder: Path) -> View:
    """Return a view over a made lake, its columns on disk."""
    view = View(folder / "columns")
    lake = Lakehouse(str(folder / "lake"), None, system_clock)
    view.replace(lake.events.chunks(), lake.links.chunks())
    return view


def heap(folder: Path) -> dict[str, Any]:
    """Return what a process of its own holds once it has opened a lake and asked a cluster."""
    view = opened(folder)
    spreading, now, held = Spreading(), local_day(DAYS), []
    for worker in (None, Worker(folder / "worker")):
        spreading.worker = worker
        for kind, params in questions(DAYS).items():
            asked(Holder(view), kind, params, now, spreading)()
        pa.default_memory_pool().release_unused()
        ctypes.CDLL(None).malloc_trim(0)  # what is free already is not held
        held.append(anonymous())
    snapshot = view.snapshot()
    runs = sum(len(index.runs) for index in snapshot.indexes)
    return {"asker": held[0], "worker": held[1] - held[0], "actors": snapshot.actor_count, "runs": runs}


def asker(folder: Path) -> dict[str, Any]:
    """Return memory: of the asker a base, and bytes an actor beside the index of runs; of a worker an actor's."""
    rows = []
    for number, (events, persons) in enumerate(SIZES):
        place = folder / str(number)
        total = made(place, events, persons)
        begun = time.process_time()
        view = opened(place)
        building = time.process_time() - begun
        del view
        said = subprocess.run(
            [sys.executable, "-m", "bench.cluster", "--heap", str(place)],
            check=True, stdout=subprocess.PIPE, text=True,
        ).stdout  # fmt: skip
        rows.append({**json.loads(said), "events": total, "building": building})
        print(rows[-1], flush=True)
    held = np.array([[row["asker"] - RUN * row["runs"], row["worker"]] for row in rows], float)
    sizes = np.array([[1, row["actors"]] for row in rows], float)
    (base, worker_base), (actor, worker_actor) = np.linalg.lstsq(sizes, held)[0]
    return {
        "worker_base": worker_base,
        "worker_actor": worker_actor,
        "base": base,
        "actor": actor,
        "run": RUN,
        "runs_an_actor": rows[-1]["runs"] / rows[-1]["actors"],
        "columns_cpu": rows[-1]["building"] / rows[-1]["events"] * 1e6,
    }


def narrow(folder: Path) -> dict[str, Any]:
    """Return bytes and processor seconds of the narrow shop, and what its identity costs."""
    view = opened(folder)
    store, now, one = Holder(view), local_day(DAYS), Threads(1)
    rows = view.snapshot().rows
    lake = Lakehouse(str(folder / "lake"), None, system_clock)
    columns = sum(path.stat().st_size for path in (folder / "columns").glob("*.columns"))
    found: dict[str, Any] = {
        "events": rows,
        "actors": view.snapshot().actor_count,
        "lake": sum(file.bytes for file in lake.events.files()) / rows,
        "columns": columns / rows,
        "cpu": {},
        "part": {},
        "merge": {},
    }
    for kind, params in questions(DAYS).items():
        work = asked(store, kind, params, now, one)
        work()
        spent = statistics.median(timed(work, time.process_time) for _ in range(TURNS))
        weighing = Weighing()
        asked(store, kind, params, now, weighing)()
        found["cpu"][kind] = spent / rows * 1e6
        found["part"][kind] = weighing.bytes
        found["merge"][kind] = weighing.seconds
    return found


def identity(folder: Path) -> dict[str, Any]:
    """Return the processor seconds that persons cost, from nothing."""
    spent, snapshot = [], opened(folder).snapshot()
    for _ in range(3):
        snapshot = opened(folder).snapshot()
        spent.append(timed(lambda: resolve(snapshot), time.process_time))  # noqa: B023 - called at once
    table = snapshot.links().num_rows
    cpu = min(spent) / snapshot.actor_count * 1e6
    return {"actors": snapshot.actor_count, "links": table, "cpu": cpu, "persons": resolve(snapshot).count}


def wide(house: Storehouse, people: int) -> tuple[ProjectStore, dict[str, Any]]:
    """Fill a lake in the object store with the demo's shop and measure it."""
    store = house.project("demo")
    tables = list(world(people, 60, 3, NOW).tables())
    loading = timed(
        lambda: store.bulk_tables(((one.events, one.links) for one in tables), "bench"), time.process_time
    )
    rows = store.snapshot().rows
    files = store.lake.events.files()
    link_bytes = sum(file.bytes for file in store.lake.links.files())
    columns = sum(path.stat().st_size for path in (store.folder / "columns").glob("*.columns"))
    fresh = LakeTable(store.lake.events.url, by_month=True)
    reading = timed(lambda: [fresh.load(file.path) for file in files], time.process_time)
    return store, {
        "events": rows,
        "actors": store.snapshot().actor_count,
        "lake": sum(file.bytes for file in files) / rows,
        "links": link_bytes / store.snapshot().actor_count,
        "columns": columns / rows,
        "load_cpu": loading / rows * 1e6,
        "read_cpu": reading / rows * 1e6,
    }


def workers(store: ProjectStore, cores: int) -> dict[str, Any]:
    """Return the seconds that a question takes on a worker at least, by kind, and a round trip to it."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(
        "local", num_cpus=cores, include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1"
    )
    executor = Ray("auto")
    member = next(iter(executor.crew.present(Watch()).values()))
    found: dict[str, Any] = {"fixed": {}}
    for kind, params in questions(60).items():
        work = asked(store, kind, params, NOW, executor)
        work()
        found["fixed"][kind] = min(timed(work) for _ in range(2 * TURNS))
    found["trip"] = statistics.median(timed(lambda: executor.process(member)) for _ in range(200))
    executor.close()
    ray.shutdown()
    return found


def main() -> None:
    """Measure every constant, keep them, and write the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--heap", type=Path)
    parser.add_argument("--write", action="store_true", help="only write the pages, from what was measured")
    chosen = parser.parse_args()
    if chosen.heap:
        print(json.dumps(heap(chosen.heap)))
        return
    if not chosen.write:
        found: dict[str, Any] = {"machine": machine(), "at": datetime.now(UTC).date().isoformat()}
        with tempfile.TemporaryDirectory(prefix="tidewheel-bench-") as place:
            folder = Path(place)
            found["asker"] = asker(folder)
            last = folder / str(len(SIZES) - 1)
            found["narrow"], found["identity"] = narrow(last), identity(last)
            with object_store() as variables:
                os.environ.update(variables)
                settings = Settings(home=folder / "home", lake=fresh_prefix(), drain_seconds=3600)
                with Storehouse.open(settings.home, settings, lambda: NOW) as house:
                    store, found["wide"] = wide(house, PEOPLE)
                    found["worker"] = workers(store, chosen.cores)
        RESULT.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
        print(json.dumps(found, indent=1), flush=True)
    write()


if __name__ == "__main__":
    main()
