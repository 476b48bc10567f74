"""The constants that ``docs/explanation/scale.md`` projects from: ``python -m bench.cluster``.

One machine plays all parts, so that rates are of one core and of the loopback network.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ray

from tests.object_store import fresh_prefix, object_store
from tidewheel.analyse.executor import Executor, Watch
from tidewheel.analyse.executors.ray import Ray
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.run import Asking, ask
from tidewheel.core.period import Calendar
from tidewheel.core.settings import Settings
from tidewheel.demo import world
from tidewheel.identify.resolve import resolve
from tidewheel.store.lake import LakeTable
from tidewheel.store.project import ProjectStore
from tidewheel.store.storehouse import Storehouse

NOW = 1_795_255_200_000
DAYS = 60
QUESTIONS: dict[str, dict[str, Any]] = {
    "funnel": {
        "steps": [{"any_of": [{"event": name}]} for name in ("view_item", "add_to_cart", "begin_checkout", "purchase")],
        "period": {"last": DAYS},
    },
    "trends": {
        "series": [{"step": {"any_of": [{"event": "view_item"}]}, "measure": {"kind": "people"}}],
        "grain": "day",
        "period": {"last": DAYS},
    },
}  # fmt: skip


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds ``work`` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def asked(store: ProjectStore, kind: str, executor: Executor) -> Callable[[], Any]:
    """Return a way to ask a question anew."""

    def work() -> None:
        snapshot = store.snapshot()
        for key in [key for key in snapshot.memo if isinstance(key, tuple) and key[0] == "answer"]:
            del snapshot.memo[key]
        ask(store, kind, QUESTIONS[kind], Asking(Calendar(), NOW, executor))

    return work


def said(what: str, value: float, unit: str) -> None:
    """Print one constant."""
    print(f"{what:58} {value:12,.1f} {unit}", flush=True)


def lake(house: Storehouse, people: int) -> ProjectStore:
    """Fill a lake and measure it."""
    store = house.project("bench")
    tables = list(world(people, DAYS, 3, NOW).tables())
    loading = timed(lambda: store.bulk_tables(((one.events, one.links) for one in tables), "bench"))
    rows = store.snapshot().rows
    files = store.lake.events.files()
    links = sum(file.bytes for file in store.lake.links.files())
    columns = sum(path.stat().st_size for path in (store.folder / "columns").glob("*.columns"))
    said("events", rows, "")
    said("persons", resolve(store.snapshot()).count, "")
    said("actors", store.snapshot().actor_count, "")
    said("lake, events", sum(file.bytes for file in files) / rows, "bytes an event")
    said("lake, links", links / store.snapshot().actor_count, "bytes an actor")
    said("columns", columns / rows, "bytes an event")
    said("load into the lake and the columns", rows / loading, "events/s")
    fresh = LakeTable(store.lake.events.url, by_month=True)
    reading = timed(lambda: [fresh._files.read(file.path) for file in files])  # noqa: SLF001
    said("object store, read and decode", sum(file.bytes for file in files) / reading / 2**20, "MiB/s")
    said("object store, read and decode", rows / reading, "events/s")
    return store


def folds(store: ProjectStore, cores: int) -> None:
    """Measure folding on threads and on workers."""
    rows = store.snapshot().rows
    one = Threads(1)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(
        "local", num_cpus=cores, include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1"
    )
    executor = Ray("auto")
    for kind in QUESTIONS:
        asked(store, kind, one)()
        said(f"{kind}, one thread", rows / min(timed(asked(store, kind, one)) for _ in range(5)), "events/s")
    said(
        "worker's first answer, its columns made from the lake", timed(asked(store, "funnel", executor)), "s"
    )
    for kind in QUESTIONS:
        asked(store, kind, executor)()
        taken = min(timed(asked(store, kind, executor)) for _ in range(5))
        said(f"{kind}, one worker of {cores} cores", rows / taken, "events/s")
        said(f"{kind}, one worker of {cores} cores", taken * 1000, "ms")
    member = next(iter(executor.crew.present(Watch()).values()))
    said(
        "round trip to a worker",
        min(timed(lambda: executor.process(member)) for _ in range(200)) * 1000,
        "ms",
    )
    executor.close()
    ray.shutdown()


def main() -> None:
    """Print every constant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--cores", type=int, default=2)
    chosen = parser.parse_args()
    with object_store() as variables, tempfile.TemporaryDirectory(prefix="tidewheel-bench-") as folder:
        os.environ.update(variables)
        settings = Settings(home=Path(folder), lake=fresh_prefix(), drain_seconds=3600)
        with Storehouse.open(settings.home, settings, lambda: NOW) as house:
            folds(lake(house, chosen.people), chosen.cores)


if __name__ == "__main__":
    main()
