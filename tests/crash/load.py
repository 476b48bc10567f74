"""Load as real clients make it, a ledger of what they were told, and the judge who holds the server to it.

Several clients, each in its vendor's protocol, send batches over and over until somebody acknowledges them:
after a timeout, a broken connection, a 429 or a 5xx the same batch again. Now and then one sends an old batch once
more, and batches overtake each other. An event is a number; it is in the ledger once a batch of it was answered with 2xx.
"""

from __future__ import annotations

import base64
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import httpx

START: Final = 1_790_000_000_000
BATCH: Final = 20
PASSING: Final = {408, 429, 500, 502, 503, 504}
Message = tuple[str, dict[str, str], Any]


def _iso(number: int) -> str:
    return datetime.fromtimestamp((START + number) / 1000, UTC).isoformat(timespec="milliseconds")


def native(key: str, numbers: Sequence[int]) -> Message:
    """A batch in our own form."""
    events = [
        {"event": "load", "id": f"e{n}", "time": START + n, "who": {"device": f"device-{n % 7}"}, "properties": {"n": n}}
        for n in numbers
    ]  # fmt: skip
    return "/v1/events", {"X-Write-Key": key}, {"events": events}


def segment(key: str, numbers: Sequence[int]) -> Message:
    """A batch as Segment's libraries send it."""
    batch = [
        {"type": "track", "event": "load", "messageId": f"e{n}", "anonymousId": f"device-{n % 7}",
         "timestamp": _iso(n), "properties": {"n": n}}
        for n in numbers
    ]  # fmt: skip
    basic = base64.b64encode(f"{key}:".encode()).decode()
    return "/v1/batch", {"Authorization": f"Basic {basic}"}, {"batch": batch}


def amplitude(key: str, numbers: Sequence[int]) -> Message:
    """A batch as Amplitude's libraries send it."""
    events = [
        {"event_type": "load", "insert_id": f"e{n}", "device_id": f"device-{n % 7}", "time": START + n,
         "event_properties": {"n": n}}
        for n in numbers
    ]  # fmt: skip
    return "/2/httpapi", {}, {"api_key": key, "events": events}


def mixpanel(key: str, numbers: Sequence[int]) -> Message:
    """A batch as Mixpanel's libraries send it."""
    events = [
        {"event": "load", "properties": {"token": key, "distinct_id": f"$device:device-{n % 7}", "$device_id": f"device-{n % 7}",
         "$insert_id": f"e{n}", "time": START + n, "n": n}}
        for n in numbers
    ]  # fmt: skip
    return "/track", {}, events


def posthog(key: str, numbers: Sequence[int]) -> Message:
    """A batch as PostHog's libraries send it."""
    batch = [
        {"event": "load", "uuid": str(uuid.UUID(int=n)), "distinct_id": f"device-{n % 7}", "timestamp": _iso(n),
         "properties": {"n": n}}
        for n in numbers
    ]  # fmt: skip
    return "/batch/", {}, {"api_key": key, "batch": batch}


PROTOCOLS: Final[dict[str, Callable[[str, Sequence[int]], Message]]] = {
    one.__name__: one for one in (native, segment, amplitude, mixpanel, posthog)
}


@dataclass
class Ledger:
    """What was sent, what was acknowledged, and which answers came in between."""

    sent: set[int] = field(default_factory=set)
    acknowledged: set[int] = field(default_factory=set)
    refused: Counter[tuple[int, str]] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    """How long each acknowledged batch took."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def judge(self, found: Counter[int]) -> None:
        """Hold what the server has against what it said."""
        lost = self.acknowledged - found.keys()
        doubled = {number for number, times in found.items() if times > 1}
        made_up = found.keys() - self.sent
        assert not lost, f"{len(lost)} acknowledged events are lost, such as {sorted(lost)[:5]}"
        assert not doubled, f"{len(doubled)} events are doubled, such as {sorted(doubled)[:5]}"
        assert not made_up, f"{len(made_up)} events nobody sent"

    def slowest(self) -> float:
        """Return how long the slowest acknowledged batch took, in seconds."""
        return max(self.seconds, default=0.0)


class Load:
    """Clients that send until they are stopped; ``url`` may change under them."""

    def __init__(
        self, key: str, *, seed: int, protocols: Sequence[str] = tuple(PROTOCOLS), timeout: float = 10.0
    ) -> None:
        print("seed", seed)  # noqa: T201 - a failure shows it
        self.url = ""
        self.urls: Sequence[str] = ()
        self.ledger = Ledger()
        self._key, self._timeout = key, timeout
        self._dice = random.Random(seed)
        self._next, self._numbers = 0, threading.Lock()
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._send, args=(PROTOCOLS[name], random.Random(self._dice.random())))
            for name in protocols
        ]

    @contextmanager
    def on(self, *urls: str) -> Iterator[Ledger]:
        """Send to addresses while the block runs; what is under way at its end is given up."""
        self.urls = urls
        for thread in self._threads:
            thread.start()
        try:
            yield self.ledger
        finally:
            self._ending.set()
            for thread in self._threads:
                thread.join()

    def until(self, done: Callable[[Ledger], bool], seconds: float = 30.0) -> None:
        """Wait until the ledger says so."""
        begun = time.monotonic()
        while not done(self.ledger):
            assert time.monotonic() - begun < seconds, (self.ledger.refused, self.ledger.broken)
            self._ending.wait(0.02)

    def more(self, events: int, seconds: float = 30.0) -> None:
        """Wait until so many more events were acknowledged."""
        goal = len(self.ledger.acknowledged) + events
        self.until(lambda ledger: len(ledger.acknowledged) >= goal, seconds)

    def _send(self, make: Callable[[str, Sequence[int]], Message], dice: random.Random) -> None:
        old: list[list[int]] = []
        waiting: list[list[int]] = []
        with httpx.Client(timeout=self._timeout, trust_env=False) as client:
            while not self._ending.is_set():
                while len(waiting) < 3:
                    waiting.append(self._fresh())
                numbers = waiting.pop(dice.randrange(len(waiting)))  # batches overtake each other
                if old and dice.random() < 0.2:
                    self._deliver(client, make, dice.choice(old), dice)
                if self._deliver(client, make, numbers, dice):
                    old = [*old[-20:], numbers]

    def _fresh(self) -> list[int]:
        with self._numbers:
            first, self._next = self._next, self._next + BATCH
        return list(range(first, first + BATCH))

    def _deliver(
        self, client: httpx.Client, make: Callable[[str, Sequence[int]], Message], numbers: list[int],
        dice: random.Random,
    ) -> bool:  # fmt: skip
        """Send one batch until it is acknowledged or refused for good; False when the load ends before."""
        path, headers, body = make(self._key, numbers)
        ledger = self.ledger
        with ledger.lock:
            ledger.sent.update(numbers)
        while not self._ending.is_set():
            begun = time.monotonic()
            try:
                reply = client.post(dice.choice(self.urls) + path, headers=headers, json=body)
            except httpx.HTTPError as error:
                with ledger.lock:
                    ledger.broken[type(error).__name__] += 1
                self._ending.wait(dice.uniform(0.01, 0.1))
                continue
            with ledger.lock:
                if reply.is_success:
                    ledger.acknowledged.update(numbers)
                    ledger.seconds.append(time.monotonic() - begun)
                    return True
                ledger.refused[reply.status_code, _code(reply)] += 1
            if reply.status_code not in PASSING:
                return False
            self._ending.wait(dice.uniform(0.01, 0.1))
        return False


def _code(reply: httpx.Response) -> str:
    try:
        return str(reply.json()["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""
