"""Two web processes on one lake, one catalog and one Ray cluster, and what happened to them, as JSON.

An object store, PostgreSQL, the cluster's head and both web processes run on the first machine, a worker on
each of the others. People reach both through one round robin. A third web process, alone with threads and
a folder, is sent the same and asked the same.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.cluster.hosts import Host
from tests.cluster.play import LIMIT, Cluster
from tests.cluster.roundrobin import round_robin
from tests.e2e.server import COMMAND_LINE
from tests.object_store import free_ports, object_store
from tests.postgres import postgres

PASSWORD = "correct horse"
DAY = 86_400_000
SHARED = {
    "TIDEWHEEL_DRAIN_SECONDS": "2",
    "TIDEWHEEL_REFRESH_SECONDS": "1",
    "TIDEWHEEL_SIGN_IN_ATTEMPTS": "1000",
    "TIDEWHEEL_QUERY_TIMEOUT_SECONDS": "600",  # a slow machine starts workers slowly
}
BATCH = 20


@dataclass
class Web:
    """One web process: started again when it ends before it is ready, as a service manager would."""

    host: Host
    home: Path
    settings: dict[str, str]
    port: int = field(default_factory=lambda: free_ports(1)[0])
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://{self.host.address}:{self.port}"

    def start(self) -> None:
        """Begin; see :meth:`ready`."""
        self.home.mkdir(parents=True, exist_ok=True)
        own = {"TIDEWHEEL_HOME": str(self.home), "TIDEWHEEL_HOST": self.host.address, "TIDEWHEEL_PORT": str(self.port)}  # fmt: skip
        command = [sys.executable, "-c", COMMAND_LINE, "serve"]
        self.process = self.host.start(command, self.home.with_suffix(".log"), **{**self.settings, **own})

    def ready(self) -> bool:
        """Say whether it answers and all its parts work."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        try:
            return httpx.get(f"{self.url}/api/v1/health", timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """End it without a warning."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def end(self) -> None:
        """Ask it to stop, and make it."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


class Shop:
    """A shop at an address: who signed in, and with which key events are sent."""

    def __init__(self, url: str, cookies: httpx.Cookies | None = None) -> None:
        each = httpx.Limits(max_keepalive_connections=0)  # a connection a request: the next server's turn
        self.client = httpx.Client(base_url=url, timeout=600, limits=each, trust_env=False, cookies=cookies)
        self.key = ""

    def set_up(self) -> None:
        """Make the first administrator, the project and a source, as the first page does."""
        body = {"email": "ada@shop.test", "name": "Ada", "password": PASSWORD, "project_name": "Shop"}
        self._signed(self.client.post("/api/v1/setup", json=body))
        made = self.client.post("/api/v1/projects/shop/sources", json={"name": "Server"})
        assert made.status_code == 201, made.text
        self.key = made.json()["write_key"]

    def sign_in(self) -> None:
        """Sign in with the password."""
        self._signed(
            self.client.post("/api/v1/session", json={"email": "ada@shop.test", "password": PASSWORD})
        )

    def _signed(self, reply: httpx.Response) -> None:
        assert reply.is_success, reply.text
        self.client.headers["X-CSRF-Token"] = reply.json()["csrf_token"]

    def send(self, events: list[dict[str, Any]]) -> None:
        """Send events until somebody acknowledges them: a sender cannot know more."""
        begun = time.monotonic()
        while True:
            with contextlib.suppress(httpx.HTTPError):
                reply = self.client.post(
                    "/v1/events", json={"events": events}, headers={"X-Write-Key": self.key}
                )
                if reply.status_code == 200:
                    return
            assert time.monotonic() - begun < LIMIT
            time.sleep(0.05)

    def ask(self, kind: str, params: dict[str, Any]) -> dict[str, Any]:
        """Return an answer's parts that do not depend on when and where it was made."""
        reply = self.client.post(f"/api/v1/projects/shop/analyses/{kind}", json=params)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return {"result": found["result"], "figures": found["figures"], "comparisons": found["comparisons"]}

    def kinds(self) -> dict[str, dict[str, Any]]:
        """Return every kind of question with its first sample."""
        reply = self.client.get("/api/v1/projects/shop/analyses")
        return {one["name"]: one["sample"] for one in reply.json()["analyses"]}

    def count(self, event: str) -> int:
        """Return how often an event happened lately."""
        params = {
            "series": [{"step": {"any_of": [{"event": event}]}}],
            "period": {"last": 30},
            "grain": "day",
        }
        return int(sum(figure["value"] or 0 for figure in self.ask("trends", params)["figures"]))


def history(now: int) -> list[dict[str, Any]]:
    """Return three weeks of a small shop; some people come with two devices and an account."""
    chance = random.Random(11)
    found = []
    for visit in range(2400):
        person = chance.randrange(240)
        time_of = now - chance.randrange(21 * DAY) - DAY // 4
        who = {"device": f"d{person}"} | ({"user": f"u{person // 2}"} if chance.random() < 0.3 else {})
        seen = [name for name, share in (("page_view", 1), ("view_item", 0.8), ("add_to_cart", 0.4), ("purchase", 0.2)) if chance.random() < share]  # fmt: skip
        for step, name in enumerate(seen):
            properties: dict[str, Any] = {"channel": chance.choice(["chat", "media", "natural"])}
            if name == "purchase":
                properties |= {
                    "order_id": f"o{visit}",
                    "value": chance.randrange(1000, 90000),
                    "currency": "CNY",
                }
            found.append({"event": name, "id": f"h{visit}-{step}", "time": time_of + 60_000 * step, "who": who, "properties": properties})  # fmt: skip
    return found


def until(what: str, done: Any, pause: float = 0.2) -> float:
    """Return the seconds until ``done`` holds."""
    begun = time.monotonic()
    while not done():
        if time.monotonic() - begun > LIMIT:
            raise TimeoutError(what)
        time.sleep(pause)
    return time.monotonic() - begun


def differing(shops: list[Shop], alone: Shop) -> list[str]:
    """Return the kinds that one of the shops answers otherwise than the one alone."""
    return [
        kind
        for kind, params in alone.kinds().items()
        if any(json.dumps(shop.ask(kind, params)) != json.dumps(alone.ask(kind, params)) for shop in shops)
    ]


def freshness(door: Shop, reader: Shop, trial: int) -> float:
    """Return the seconds from the acknowledgement of an event to its being counted elsewhere."""
    name = f"marker_{trial}"
    door.send([{"event": name, "id": name, "who": {"device": "m"}}])
    return until(f"{name} is not seen", lambda: reader.count(name) == 1, 0.05)


@contextlib.contextmanager
def load(shop: Shop, told: dict[str, Any]) -> Iterator[None]:
    """Send batches from two threads until the block ends; each is sent until it is acknowledged."""
    ending = threading.Event()
    sent = [0, 0]
    failed: list[BaseException] = []

    def work(lane: int) -> None:
        sender = Shop(str(shop.client.base_url))
        sender.key = shop.key
        try:
            while not ending.is_set():
                number = sent[lane]
                sender.send([{"event": "tick", "id": f"{lane}-{number}-{place}", "time": told["now"] - 1000 * (number % 5000) - place, "who": {"device": f"t{place % 7}"}} for place in range(BATCH)])  # fmt: skip
                sent[lane] += 1
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    lanes = [threading.Thread(target=work, args=(lane,)) for lane in range(2)]
    for lane in lanes:
        lane.start()
    try:
        yield
    finally:
        ending.set()
        for lane in lanes:
            lane.join()
    assert not failed, failed
    told["sent"] = sum(sent) * BATCH


def main(hosts: list[Host], folder: Path) -> dict[str, Any]:
    """Run everything; return what happened."""
    began = time.monotonic()
    told: dict[str, Any] = {"now": int(time.time() * 1000), "seconds": {}}
    head = hosts[0]
    cluster = Cluster(hosts, folder)

    def reached(step: str) -> None:
        told["seconds"][step] = round(time.monotonic() - began, 1)
        sys.stderr.write(f"{step} after {told['seconds'][step]} s\n")
        sys.stderr.flush()

    with contextlib.ExitStack() as stack:
        alone = Web(head, folder / "alone", {"TIDEWHEEL_QUERY_TIMEOUT_SECONDS": "600"})
        stack.callback(alone.end)
        alone.start()
        os.environ.update(stack.enter_context(object_store(head.address)))
        catalog = stack.enter_context(postgres(head.address))
        with psycopg.connect(f"{catalog}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE tidewheel")
        stack.callback(cluster.end)
        cluster.begin()
        for number in range(1, len(hosts)):
            cluster.join(number)
        settings = {
            **SHARED,
            "TIDEWHEEL_LAKE": "s3://lake/brand",
            "TIDEWHEEL_CATALOG_URL": f"{catalog}/tidewheel",
            "TIDEWHEEL_EXECUTOR": "ray",
            "TIDEWHEEL_RAY_ADDRESS": cluster.address,
        }
        webs = [Web(head, folder / name, settings) for name in ("one", "two")]
        for web in webs:
            stack.callback(web.end)
        until("the web process alone does not start", alone.ready)
        until("the first web process does not start", lambda: cluster.keep() and webs[0].ready())
        until("the second web process does not start", lambda: cluster.keep() and webs[1].ready())
        reached("ready")
        proxy = stack.enter_context(round_robin(head.address, [(web.host.address, web.port) for web in webs]))
        both, single = Shop(proxy), Shop(alone.url)
        for shop in (both, single):
            shop.set_up()
        shops = [Shop(web.url) for web in webs]
        for shop in shops:
            shop.sign_in()
        events = history(told["now"])
        for first in range(0, len(events), 100):
            for shop in (both, single):
                shop.send(events[first : first + 100])
        expected = sum(event["event"] == "page_view" for event in events)
        told["first"] = [expected]
        until(
            "not every event is seen",
            lambda: {shop.count("page_view") for shop in (*shops, single)} == {expected},
        )
        reached("seen")
        told["kinds"] = len(single.kinds())
        told["alike"] = differing(shops, single)
        reached("compared")
        for shop in shops:
            shop.key = both.key
        told["freshness"] = [
            round(freshness(shops[trial % 2], shops[1 - trial % 2], trial), 2) for trial in range(4)
        ]
        reached("fresh")
        with load(both, told):
            time.sleep(2)
            webs[1].kill()
            time.sleep(2)
            webs[1].start()
            until("the second web process does not come back", webs[1].ready)
            time.sleep(1)
        reached("restarted")
        until("events are lost", lambda: all(shop.count("tick") >= told["sent"] for shop in shops))
        reached("counted")
        time.sleep(3)  # what would be doubled has come by then
        told["ticks"] = [shop.count("tick") for shop in shops]
        told["markers"] = [shop.count(f"marker_{trial}") for shop in shops for trial in range(4)]
        reached("end")
    return told


if __name__ == "__main__":
    machines = [Host(name, address, tuple(inside)) for name, address, inside in json.loads(sys.argv[1])]
    with tempfile.TemporaryDirectory(prefix="tw-", ignore_cleanup_errors=True) as place:
        os.environ.setdefault("RAY_TMPDIR", place)  # another cluster of this machine is none of our business
        try:
            sys.stdout.write(f"TOLD {json.dumps(main(machines, Path(place)))}\n")
            sys.stdout.flush()
        except BaseException:  # noqa: BLE001 - the process ends
            for log in Path(place).glob("*.log"):
                text = log.read_text(errors="replace")
                at = text.rfind("[error")
                end = text.find("\n20", at + 1) if at >= 0 else -1
                told = text[at : end if end >= 0 else None]
                said = f"{told[:300]}…{told[-3000:]}" if at >= 0 else text[-500:]
                sys.stderr.write(f"{log.name}: {said}\n")
            traceback.print_exc()
            sys.stderr.flush()
            sys.exit(1)
