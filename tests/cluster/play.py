"""A cluster's day, played by a web process on the first of three machines; tells what happened as JSON.

An object store and the cluster's head run here, workers on the other machines. A worker is killed in the
middle of a question, facts arrive, a machine is added, a machine is cut off.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ray

from tests.cluster.hosts import Host
from tests.object_store import free_ports, object_store
from tidewheel.analyse.executor import Executor, Stop, Watch
from tidewheel.analyse.executors.ray import Ray
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.run import ANALYSES, Asking, ask, people_behind
from tidewheel.core.errors import BadInput, Cancelled, Unavailable
from tidewheel.core.events import Event
from tidewheel.core.period import Calendar
from tidewheel.core.settings import Settings
from tidewheel.demo import world
from tidewheel.store.project import ProjectStore
from tidewheel.store.rows import to_events
from tidewheel.store.storehouse import Storehouse

NOW = 1_795_255_200_000
LIMIT = 480.0
ATTEMPTS = 4
STARTED = "Ray runtime started"
LIGHT = ["--object-store-memory=100000000", "--disable-usage-stats", "--min-worker-port=0", "--max-worker-port=0", "--block"]  # fmt: skip
RAY = str(Path(sys.executable).parent / "ray")


class Cluster:
    """The machines' Ray processes.

    They start one after the other: as plain processes they write into one folder, where two raylets that
    start at the same moment may choose the same name for a socket, and one dies of it.
    """

    def __init__(self, hosts: list[Host], folder: Path) -> None:
        self.hosts, self._folder = hosts, folder
        self._running: dict[str, Any] = {}
        self._joined: set[int] = set()
        self.port = free_ports(1)[0]
        self.state = "nobody joined"

    @property
    def address(self) -> str:
        """Where the head is."""
        return f"{self.hosts[0].address}:{self.port}"

    def begin(self) -> None:
        """Start the head, which has no worker; returns once it runs."""
        self._start(0, "--head", f"--port={self.port}", "--num-cpus=0", "--include-dashboard=false")

    def join(self, number: int) -> None:
        """Let a machine join, and wait until it has."""
        self._joined.add(number)
        self._start(number, f"--address={self.address}", "--num-cpus=1")

    def _start(self, number: int, *options: str) -> None:
        host = self.hosts[number]
        command = [RAY, "start", *options, f"--node-ip-address={host.address}", *LIGHT]
        for attempt in range(ATTEMPTS):
            log = self._folder / f"{host.name}-{attempt}.log"
            process = self._running[host.name] = host.start(command, log)
            until(lambda: process.poll() is not None or STARTED in log.read_text("utf-8", "replace"))  # noqa: B023
            if process.poll() is None:
                return
        raise TimeoutError(f"{host.name} could not start Ray")

    def keep(self) -> bool:
        """Let machines join again whose Ray has ended."""
        for number in self._joined:
            process = self._running.get(self.hosts[number].name)
            if process is not None and process.poll() is not None:
                self.join(number)
        return True

    def workers(self, executor: Ray, count: int) -> bool:
        """Say whether so many workers are there."""
        self.keep()
        try:
            present = len(executor.crew.present(Watch()))
        except Unavailable:
            present = 0
        nodes = [node for node in ray.nodes() if node["Alive"]]
        self.state = f"{len(nodes)} nodes alive, {present} workers ready, {count} wanted"
        return present == count

    def cut_off(self, number: int) -> None:
        """Pull a machine's network cable, or its power where there are no cables."""
        host = self.hosts[number]
        if host.inside:
            host.unplug()
        else:
            self._kill(host.name)

    def end(self) -> None:
        """Stop everything we started."""
        for name in list(self._running):
            self._kill(name)

    def _kill(self, name: str) -> None:
        process = self._running.pop(name)
        for pid in tree(process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()


def tree(pid: int) -> list[int]:
    """Return a process and its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, []))
    return found


def until(done: Callable[[], Any]) -> Any:
    """Return what ``done`` gives once it gives something."""
    begun = time.monotonic()
    while True:
        found = done()
        if found:
            return found
        if time.monotonic() - begun > LIMIT:
            raise TimeoutError("the cluster did not get there")
        time.sleep(0.05)


class Play:
    """The questions of every analysis, asked here and of the cluster."""

    def __init__(self, store: ProjectStore, cluster: Executor) -> None:
        self.store, self.cluster, self.here = store, cluster, Threads(1)

    def differing(self, samples: int = 1) -> list[str]:
        """Return the analyses of whose first samples the cluster answers one otherwise."""
        wrong = []
        pairs = [(kind, one) for kind, found in ANALYSES.all().items() for one in found.samples[:samples]]
        for kind, params in pairs:
            if self.ask(kind, params, self.cluster) != self.ask(kind, params, self.here):
                wrong.append(kind)
        return wrong

    def differing_people(self) -> list[str]:
        """Return the analyses of which the cluster finds other people behind a cell."""
        wrong = []
        for kind, analysis in ANALYSES.all().items():
            params = analysis.samples[0]
            question = analysis.Params.model_validate(params)
            result = ask(self.store, kind, params, Asking(Calendar(), NOW, self.here)).result
            cells = sorted(analysis().counted(question, result), key=lambda pair: -pair[1])[:2]
            for cell, count in cells:
                found = [
                    people_behind(self.store, kind, params, cell.model_dump(mode="json"), Asking(Calendar(), NOW, executor))[1].tolist()
                    for executor in (self.here, self.cluster)
                ]  # fmt: skip
                if found[0] != found[1] or len(found[0]) != count:
                    wrong.append(kind)
        return wrong

    def ask(self, kind: str, params: dict[str, Any], executor: Executor, progress: Any = None) -> str:
        """Return an answer's bytes, made anew."""
        self.forget()
        asking = Asking(Calendar(), NOW, executor, progress=progress)
        return ask(self.store, kind, params, asking).model_dump_json()

    def forget(self) -> None:
        """Let the next question be answered anew."""
        self.store.snapshot().lately.clear()


def killed_in_the_middle(play: Play, executor: Ray) -> bool:
    """Hold a worker still until others have answered, kill it, and say whether the answer is right."""
    members = list(executor.crew.present(Watch()).values())
    victim = executor.process(members[0])
    params = ANALYSES.get("funnel").samples[0]
    expected = play.ask("funnel", params, play.here)
    begun: list[float] = []
    os.kill(victim, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(play.ask, "funnel", params, executor, begun.append)
        until(lambda: begun)
        os.kill(victim, signal.SIGKILL)
        right = answer.result() == expected
    fresh = executor.process(executor.crew.present(Watch())[members[0].node])
    return right and fresh != victim


def cancelled(play: Play, executor: Ray) -> list[str]:
    """Give a question up at its first sign of progress; return what the asker is told."""
    stop = Stop()
    shares: list[float] = []

    def follow(share: float) -> None:
        shares.append(share)
        stop.set()

    try:
        params = ANALYSES.get("trends").samples[0]
        play.forget()
        ask(play.store, "trends", params, Asking(Calendar(), NOW, executor, stop, follow))
    except Cancelled as error:
        return [error.code, "early" if 0 < shares[0] < 1 and len(shares) == 1 else "late"]
    return []


def mistaken(play: Play, executor: Ray) -> list[str]:
    """Ask with a pattern that is none, which only workers read; return what the asker is told."""
    match = {"event": "purchase", "filters": [{"property": "channel", "op": "matches", "value": "("}]}
    try:
        play.ask("trends", {"series": [{"step": {"any_of": [match]}}]}, executor)
    except BadInput as error:
        return [error.code, str(error.field)]
    return []


def holders(executor: Ray) -> dict[int, str]:
    """Return the node that holds each shard of the latest snapshot asked."""
    found: dict[int, str] = {}
    for node, held in executor.held().items():
        latest = list(held.values())[-1] if held else []
        found |= dict.fromkeys(latest, node)
    return found


def facts(seed: int, people: int) -> list[Event]:
    """Return some more people's events."""
    return [event for one in world(people, 20, seed, NOW).tables() for event in to_events(one.events)]


def main(hosts: list[Host], folder: Path) -> dict[str, Any]:
    """Play the day."""
    told: dict[str, Any] = {}
    cluster = Cluster(hosts, folder)
    with object_store(hosts[0].address) as variables:
        os.environ.update(variables)  # the machines' Ray processes inherit them
        settings = Settings(
            home=folder / "home", lake="s3://lake/brand", drain_seconds=3600, drain_events=10**9
        )
        try:
            cluster.begin()
            with Storehouse.open(settings.home, settings, lambda: NOW) as house:
                store = house.project("shop")
                shop = world(150, 40, 5, NOW).tables()
                store.bulk_tables(((one.events, one.links) for one in shop), "shop")
                cluster.join(1)
                cluster.join(2)
                executor = until(lambda: connected(cluster.address))
                formed(cluster, executor)
                play = Play(store, executor)
                told["alike"] = play.differing(samples=100)
                told["people"] = play.differing_people()
                told["cancelled"] = cancelled(play, executor)
                told["mistake"] = mistaken(play, executor)
                store.append(facts(7, 20)).result()
                store.sync()
                told["tail"] = [store.tail_rows, play.differing()]
                told["killed"] = killed_in_the_middle(play, executor)
                store.append(facts(8, 20)).result()
                store.flush()
                told["drained"] = [store.tail_rows, play.differing()]
                before = holders(executor)
                cluster.join(3)
                until(lambda: cluster.workers(executor, 3))
                told["joined"] = play.differing()
                after = holders(executor)
                (fresh,) = set(after.values()) - set(before.values())
                moved = [shard for shard in before if after[shard] != before[shard]]
                told["moved"] = [len(before), len(moved), all(after[shard] == fresh for shard in moved)]
                begun = time.monotonic()
                cluster.cut_off(1)
                told["cut"] = play.differing()
                told["cut seconds"] = round(time.monotonic() - begun, 1)
                told["left"] = len(executor.crew.present(Watch()))
                executor.close()
        finally:
            cluster.end()
    return told


def formed(cluster: Cluster, executor: Ray) -> None:
    """Wait for two workers; where they do not come, say how far the cluster got."""
    try:
        until(lambda: cluster.workers(executor, 2))
    except TimeoutError:
        raise TimeoutError(cluster.state) from None


def connected(address: str) -> Ray | None:
    """Join the cluster, once it runs."""
    try:
        return Ray(address)
    except Exception:  # noqa: BLE001 - not yet
        return None


if __name__ == "__main__":
    machines = [Host(name, address, tuple(inside)) for name, address, inside in json.loads(sys.argv[1])]
    with tempfile.TemporaryDirectory(prefix="tw-", ignore_cleanup_errors=True) as place:
        os.environ.setdefault("RAY_TMPDIR", place)  # another cluster of this machine is none of our business
        try:
            sys.stdout.write(f"TOLD {json.dumps(main(machines, Path(place)))}\n")
            sys.stdout.flush()
        except BaseException:  # noqa: BLE001 - the process ends
            for log in Path(place).glob("*.log"):
                sys.stderr.write(f"{log.name}: {log.read_text(errors='replace')[-1500:]}\n")
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)  # Ray's own goodbye waits a minute for a head that is gone
