"""Fold shards of persons on the machines of a Ray cluster: one worker a node, which keeps its shards' columns.

The asker (a web process) deals the shards to the nodes, sends each worker the question, tells it what it
lacks, folds the few persons no shard has whole, and adds the parts. A worker that dies is replaced; if its
node is gone, the other nodes take over its shards.
"""

from __future__ import annotations

import atexit
import os
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from tidewheel.analyse.executor import Executor, Watch
from tidewheel.analyse.executors.threads import Threads
from tidewheel.analyse.fold import Opened
from tidewheel.analyse.spread import Moved, Placements, Spread, assign, batches, spread
from tidewheel.analyse.worker import Done, Request, RosterOf, Want, Wants, Worker
from tidewheel.core.errors import TidewheelError, Unavailable
from tidewheel.core.settings import Settings
from tidewheel.core.text import Text
from tidewheel.store.scratch import Scratch

LOOK: Final = 2.0
"""Seconds between two looks at which nodes there are."""
PATIENCE: Final = 60.0
"""Seconds a question waits for a worker that is to replace another; the rest answer for it after that."""
FIRST: Final = 120.0
"""Seconds a question waits while no worker is ready at all."""
SHUNNED: Final = (2.0, 60.0)
"""Seconds a node is left alone after its worker failed to start: the first time, and at most."""
CALLING: Final = 5.0
"""Seconds the head of the cluster may take to pick up."""
STUBBORN: Final = 3
"""Rounds after which a worker is told everything rather than what changed."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer: the question cannot be answered."""

    error: TidewheelError


class RayWorker:
    """The process on a node: a worker whose column files last as long as it does."""

    def __init__(self) -> None:
        scratch = Scratch("tidewheel-worker-")
        atexit.register(scratch.close)
        self._worker = Worker(scratch.folder)

    def process(self) -> int:
        """Return the id of the process; answered once the worker is ready."""
        return os.getpid()

    def fold(
        self,
        request: Request,
        own: Sequence[int],
        shards: Sequence[int],
        wanted: Sequence[Want] = (),
        *told: Any,
    ) -> Done | Wants | Wrong:
        """See ``Worker.fold``; what is wrong with the question is told, not raised."""
        try:
            return self._worker.fold(request, own, shards, wanted, told)
        except TidewheelError as error:
            return Wrong(error)

    def stop(self, request: str) -> None:
        """See ``Worker.stop``."""
        self._worker.stop(request)

    def held(self) -> dict[str, list[int]]:
        """See ``Worker.held``."""
        return self._worker.held()


@dataclass(slots=True)
class Member:
    """A worker on a node: ``weight`` is the node's cores."""

    node: str
    weight: float
    handle: Any
    ready: Any
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """Shards sent to a worker, of all those that are its own."""

    member: Member
    own: list[int]
    shards: list[int]
    rounds: int = 0


class Crew:
    """The workers, one on each node that has cores. Safe to use from several threads.

    Only a failure ends the wait for a worker: one that is slow to start, on a node that is alive, joins when
    it is ready, however long that takes, and others answer for it until then.
    """

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        self._actor = ray.remote(RayWorker)
        self._lock = threading.Lock()
        self._members: dict[str, Member] = {}
        self._shunned: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._looked = -LOOK

    def present(self, watch: Watch) -> dict[str, Member]:
        """Return the workers that are ready, by node; waits for the first."""
        begun = time.monotonic()
        while True:
            with self._lock:
                if time.monotonic() - self._looked >= LOOK:
                    self._look()
                waiting = [member for member in self._members.values() if not member.joined]
            self._join(waiting, 0.0)
            with self._lock:
                joined = {node: member for node, member in self._members.items() if member.joined}
            if joined:
                return joined
            watch.check()
            time.sleep(0.1)
            if time.monotonic() - begun > FIRST:
                raise Unavailable(
                    "no_workers",
                    Text(
                        "No worker of the Ray cluster is ready.",
                        "Ray 集群中没有就绪的工作进程。",
                    ),
                    hint=Text(
                        "Those that are starting go on. Check with `ray status` that nodes with cores are alive and that Tidewheel is installed on them.",
                        "正在启动的会继续启动。请用 `ray status` 确认有可用 CPU 的存活节点，并且各节点都已安装 Tidewheel。",
                    ),
                )

    def lost(self, member: Member, watch: Watch) -> None:
        """Replace a worker that died; returns once the new one is ready, has failed, or is slow."""
        with self._lock:
            if self._members.get(member.node) is not member:
                return
            del self._members[member.node]
            self._look()
            fresh = self._members.get(member.node)
        begun = time.monotonic()
        while fresh is not None and not fresh.joined and self._members.get(fresh.node) is fresh:
            if time.monotonic() - begun > PATIENCE:
                return
            self._join([fresh], 0.2)
            watch.check()

    def close(self) -> None:
        """End every worker."""
        with self._lock:
            for member in self._members.values():
                self._ray.kill(member.handle)
            self._members.clear()

    def _look(self) -> None:
        """Start workers on new nodes; forget those of nodes that left."""
        now = time.monotonic()
        self._looked = now
        self._shunned = {node: until for node, until in self._shunned.items() if until > now}
        cores = {
            node["NodeID"]: float(node["Resources"].get("CPU", 0)) for node in self._ray.nodes() if node["Alive"]
        }  # fmt: skip
        for node in set(self._members) - set(cores):
            del self._members[node]
        affinity = self._ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
        for node, weight in cores.items():
            if weight > 0 and node not in self._members and node not in self._shunned:
                handle = self._actor.options(
                    num_cpus=0,
                    max_concurrency=int(weight) + 2,
                    scheduling_strategy=affinity(node_id=node, soft=False),
                ).remote()
                self._members[node] = Member(node, weight, handle, handle.process.remote())

    def _join(self, waiting: Sequence[Member], timeout: float) -> None:
        """Take in the workers that have become ready; leave nodes alone for a while whose worker failed."""
        for member in waiting:
            done, _ = self._ray.wait([member.ready], timeout=timeout)
            if not done:
                continue
            try:
                self._ray.get(done[0])
            except self._ray.exceptions.RayError:
                self._shun(member)
            else:
                member.joined = True
                self._failures.pop(member.node, None)

    def _shun(self, member: Member) -> None:
        with self._lock:
            if self._members.get(member.node) is member:
                del self._members[member.node]
                failures = self._failures.get(member.node, 0)
                self._failures[member.node] = failures + 1
                self._shunned[member.node] = time.monotonic() + min(SHUNNED[0] * 2**failures, SHUNNED[1])


class Ray(Executor):
    """Deals the shards of a view to the nodes of a Ray cluster."""

    name = "ray"
    title = Text("Machines of a Ray cluster", "Ray 集群的多台机器")

    def __init__(self, address: str, threads: int = 0) -> None:
        try:
            import ray  # noqa: PLC0415 - large, and an extra
            import ray.util.scheduling_strategies  # noqa: PLC0415
        except ImportError:
            raise Unavailable(
                "ray_not_installed",
                Text("The executor ray needs the package ray.", "执行器 ray 需要安装 ray 软件包。"),
                hint=Text("pip install 'tidewheel[ray]'", "pip install 'tidewheel[ray]'"),
            ) from None
        self._ray = ray
        self._began = not ray.is_initialized()
        if self._began:
            try:
                _call(address)
            except OSError as error:
                raise _no_cluster(address, error) from error
            try:
                ray.init(address=address, namespace="tidewheel", configure_logging=False, log_to_driver=False)
            except (OSError, RuntimeError, ValueError) as error:
                reached = address.rpartition(":")[2].isdecimal()
                raise (_not_here(address, str(error)) if reached else _no_cluster(address, error)) from error
            own: str = ray.util.get_node_ip_address()
            if not is_here(own):  # Ray took the node of another machine for that of this one
                ray.shutdown()
                raise _not_here(address, own)
        self._placements = Placements()
        self._here = Threads(threads)
        self._beside = ThreadPoolExecutor(4, thread_name_prefix="divided")
        self.crew = Crew(ray)

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Join the cluster the settings name."""
        return cls(settings.ray_address, settings.threads)

    def fold(self, opened: Opened, watch: Watch) -> Any:
        """Return the sum of the parts of all shards, and of the persons no shard has whole."""
        while True:
            ready = spread(opened, self._placements)
            try:
                return ready.whole(_Run(self._ray, self.crew, ready, watch).total(self._beside, self._here))
            except Moved:
                continue

    def process(self, member: Member) -> int:
        """Return the id of a worker's process on its node."""
        found: int = self._ray.get(member.handle.process.remote())
        return found

    def held(self) -> dict[str, dict[str, list[int]]]:
        """Return what each worker says it holds, by node: the shards of each snapshot."""
        members = self.crew.present(Watch())
        return {node: self._ray.get(member.handle.held.remote()) for node, member in members.items()}

    def close(self) -> None:
        """End the workers, and leave the cluster if we joined it."""
        self.crew.close()
        self._here.close()
        self._beside.shutdown(wait=False)
        if self._began:
            self._ray.shutdown()


def _call(address: str) -> None:
    """Raise OSError when nobody is at an address; Ray itself would wait for minutes."""
    host, _, port = address.rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=CALLING).close()


def _no_cluster(address: str, error: Exception) -> Unavailable:
    return Unavailable(
        "no_cluster",
        Text("The Ray cluster {address} cannot be reached: {why}.", "无法连接 Ray 集群 {address}：{why}。"),
        field="TIDEWHEEL_RAY_ADDRESS",
        got=address,
        hint=Text("Start it with `ray start --head` first.", "请先用 `ray start --head` 启动集群。"),
        address=address,
        why=str(error)[:200],
    )


def _not_here(address: str, found: str) -> Unavailable:
    """Make the error for a machine that is no part of the cluster: workers could not answer it."""
    return Unavailable(
        "ray_not_here",
        Text(
            "This machine is no part of the Ray cluster {address}: {found}.",
            "本机不是 Ray 集群 {address} 的节点：{found}。",
        ),
        field="TIDEWHEEL_RAY_ADDRESS",
        got=address,
        hint=Text(
            "Run `ray start --address={address} --num-cpus=0` on this machine first.",
            "请先在本机运行 `ray start --address={address} --num-cpus=0`。",
        ),
        address=address,
        found=found[:200],
    )


def is_here(address: str) -> bool:
    """Say whether an address is one of this machine."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


@dataclass(slots=True)
class _Run:
    """One fold under way."""

    ray: Any
    crew: Crew
    spread: Spread
    watch: Watch
    sent: dict[Any, Task] = field(default_factory=dict)
    told: dict[Want, Any] = field(default_factory=dict)

    def total(self, beside: ThreadPoolExecutor, here: Threads) -> Any:
        request = self.ray.put(self.spread.request)
        shards = self.spread.placement.shards
        divided = self.spread.divided()
        rest: Future[Any] | None = None
        if divided is not None:
            rest = beside.submit(here.fold, divided, Watch(self.watch.stop))
        total = self.spread.opened.empty()
        done = 0
        self._deal(request, list(range(shards)))
        try:
            while self.sent:
                self.watch.check()
                ready, _ = self.ray.wait(list(self.sent), timeout=0.1)
                for reference in ready:
                    task = self.sent.pop(reference)
                    answer = self._answer(reference)
                    if isinstance(answer, Done):
                        total = total.merge(answer.part)
                        done += len(task.shards)
                        self.watch.reached(done / shards)
                    elif answer is None:
                        self.crew.lost(task.member, self.watch)
                        self._deal(request, task.shards)
                    else:
                        self._tell(request, task, answer.wants)
            return total if rest is None else total.merge(rest.result())
        except BaseException:
            for member in {id(task.member): task.member for task in self.sent.values()}.values():
                member.handle.stop.remote(self.spread.request.id)
            raise

    def _deal(self, request: Any, shards: list[int]) -> None:
        """Send shards to those they belong to."""
        members = self.crew.present(self.watch)
        weights = {node: member.weight for node, member in members.items()}
        wanted = set(shards)
        for node, own in assign(self.spread.placement.shards, weights).items():
            mine = [shard for shard in own if shard in wanted]
            for batch in batches(mine, 2 * max(1, int(members[node].weight))):
                self._send(request, Task(members[node], own, batch))

    def _send(self, request: Any, task: Task, wants: Sequence[Want] = (), told: Sequence[Any] = ()) -> None:
        sent = task.member.handle.fold.remote(request, task.own, task.shards, wants, *told)
        self.sent[sent] = task

    def _answer(self, reference: Any) -> Done | Wants | None:
        """Return what a worker says; None: it is gone. Raises what went wrong there."""
        failures = self.ray.exceptions
        try:
            answer: Done | Wants | Wrong = self.ray.get(reference)
        except failures.RayTaskError:
            raise
        except failures.RayError:
            return None
        if isinstance(answer, Wrong):
            raise answer.error
        return answer

    def _tell(self, request: Any, task: Task, wants: Sequence[Want]) -> None:
        if task.rounds >= STUBBORN:
            wants = [replace(want, since=None) if isinstance(want, RosterOf) else want for want in wants]
        for want in wants:
            if want not in self.told:
                self.told[want] = self.ray.put(self.spread.told(want))
        self._send(request, replace(task, rounds=task.rounds + 1), wants, [self.told[want] for want in wants])
