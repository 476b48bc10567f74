"""Durable events a second by HTTP beside a bare server, and how soon an acknowledged event is in answers."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.sender import BATCH, batches, exchange, requests, send

SENDERS, BATCHES, TURNS = 16, 1_500, 3
RATE, PROBES, ASKED = 10_000, 60, 60
STEPS = ("page_view", "view_item", "add_to_cart", "purchase")
EMAIL, PASSWORD = "bench@example.com", "a bench needs no secret"


def run(folder: Path) -> dict[str, Any]:
    """Measure both servers in turns, then freshness under a sustained rate."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    ours: list[float] = []
    bare: list[float] = []
    day = int(time.time() * 1000) - 7_200_000
    with tidewheel(folder / "home") as port:
        client = Client(port)
        key = client.set_up()
        for turn in range(TURNS):
            bodies = batches(BATCHES, day, turn * BATCHES)
            with bare_server(folder / f"bare-{turn}.log") as bare_port:
                bare.append(rate(bare_port, requests(bodies, "-")))
            ours.append(rate(port, requests(bodies, key)))
            print(f"ingest: {ours[-1]:,.0f} events/s, bare {bare[-1]:,.0f} events/s", flush=True)
        client.funnel(0)
        idle = [client.funnel(turn) for turn in range(ASKED)]
        busy, seen = asyncio.run(freshness(client, port, key, day))
        print(f"funnel: {p95(idle):.3f} s idle, {p95(busy):.3f} s beside ingest (p95)", flush=True)
    return {
        "batch": BATCH,
        "senders": SENDERS,
        "turns": TURNS,
        "events_per_second": statistics.median(ours),
        "bare_events_per_second": statistics.median(bare),
        "seen": seen,
        "beside": {
            "idle_p50": statistics.median(idle),
            "idle_p95": p95(idle),
            "busy_p50": statistics.median(busy),
            "busy_p95": p95(busy),
            "asked": ASKED,
        },
    }


def p95(seconds: list[float]) -> float:
    """Return what all but a twentieth stay below."""
    return sorted(seconds)[int(len(seconds) * 0.95)]


def rate(port: int, queue: list[bytes]) -> float:
    """Return acknowledged events a second."""
    events = len(queue) * BATCH
    return events / asyncio.run(send(port, queue, SENDERS))


async def freshness(client: Client, port: int, key: str, day: int) -> tuple[list[float], dict[str, Any]]:
    """Send at :data:`RATE`; meanwhile ask the funnel, then send probes and wait until an answer counts them.

    Returns the seconds of the funnels, and of the probes from acknowledgement to sight.
    """
    senders = 4
    bodies = requests(batches(RATE // BATCH * (PROBES + ASKED + 30), day, 1_000_000), key)
    load = asyncio.create_task(send(port, bodies, senders, every=senders * BATCH / RATE))
    waits, busy = [], []
    started, sent = time.perf_counter(), len(bodies)
    for turn in range(ASKED):
        busy.append(await asyncio.to_thread(client.funnel, ASKED + turn))
        await asyncio.sleep(0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)  # one that says nothing is closed
    for probe in range(PROBES):
        body = {"events": [{"event": "probe", "id": str(probe), "who": {"device": f"probe-{probe}"}}]}
        [request] = requests([json.dumps(body).encode()], key)
        while not await exchange(reader, writer, request):
            await asyncio.sleep(0.05)
        start = time.perf_counter()
        while await asyncio.to_thread(client.count, "probe") <= probe:
            await asyncio.sleep(0.02)
        waits.append(time.perf_counter() - start)
        await asyncio.sleep(0.5)
    reached = (sent - len(bodies)) * BATCH / (time.perf_counter() - started)
    bodies.clear()
    await load
    writer.close()
    waits.sort()
    return busy, {
        "rate": reached,
        "probes": PROBES,
        "p50": waits[len(waits) // 2],
        "p99": waits[int(len(waits) * 0.99)],
    }


class Client:
    """The first administrator of a new installation."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}/api/v1"
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor()
        )
        self._csrf = ""
        self._project = ""

    def set_up(self) -> str:
        """Create the account, the project and a source; return its write key."""
        account = {"email": EMAIL, "name": "Bench", "password": PASSWORD}
        shop = {"project_name": "Bench", "time_zone": "Asia/Shanghai", "currency": "CNY"}
        said = self.call("/setup", account | shop)
        self._csrf, self._project = said["csrf_token"], said["projects"][0]["id"]
        key: str = self.call(f"/projects/{self._project}/sources", {"name": "Bench", "kind": "http"})[
            "write_key"
        ]
        return key

    def count(self, event: str) -> int:
        """Return how many events of a name an answer counts."""
        params = {
            "series": [{"step": {"any_of": [{"event": event}]}, "measure": {"kind": "count"}}],
            "period": {"last": 2},
            "grain": "total",
        }
        said = self.call(f"/projects/{self._project}/analyses/trends", params)
        return int(said["result"]["lines"][0]["total"] or 0)

    def funnel(self, turn: int) -> float:
        """Ask a funnel over what was sent and return the seconds it took; a changed ``top`` misses the cache."""
        params = {
            "steps": [{"any_of": [{"event": event}]} for event in STEPS],
            "period": {"last": 2},
            "within": {"n": 1, "unit": "hour"},
            "top": 20 + turn % 80,
        }
        start = time.perf_counter()
        self.call(f"/projects/{self._project}/analyses/funnel", params)
        return time.perf_counter() - start

    def call(self, path: str, body: dict[str, Any]) -> Any:
        """POST JSON, return JSON."""
        head = {"Content-Type": "application/json", "X-CSRF-Token": self._csrf}
        request = urllib.request.Request(self._base + path, json.dumps(body).encode(), head)
        try:
            with self._opener.open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.code} {error.read()[:500]!r}") from None


@contextmanager
def tidewheel(home: Path) -> Iterator[int]:
    """Run Tidewheel's server on one core."""
    port = free_port()
    environment = os.environ | {
        "TIDEWHEEL_HOME": str(home),
        "TIDEWHEEL_PORT": str(port),
        "TIDEWHEEL_LOG_LEVEL": "warning",
    }
    with server([str(Path(sys.executable).with_name("tidewheel")), "serve"], environment, port):
        yield port


@contextmanager
def bare_server(log: Path) -> Iterator[int]:
    """Run the bare server on the same core."""
    port = free_port()
    with server([sys.executable, "-m", "bench.bare", str(log), str(port)], dict(os.environ), port):
        yield port


@contextmanager
def server(command: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    """Start a server on the first core, wait until it answers, stop it. Senders have the other cores."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:1])
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    os.sched_setaffinity(0, cores[1:] or cores)
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError(f"{command[-1]} ended with {process.returncode}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"{command[-1]} does not listen on port {port} after a minute")
        yield
    finally:
        process.terminate()
        process.wait(60)
        os.sched_setaffinity(0, cores)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
