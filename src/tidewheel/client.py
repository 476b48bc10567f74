"""Sending events from Python: kept until the server has answered, counted once however often they are sent."""

from __future__ import annotations

import atexit
import gzip
import json
import random
import secrets
import sqlite3
import threading
import time as clock
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

_BATCH: Final = 200
_MOST_BYTES: Final = 4 * 2**20
_LONGEST_PAUSE: Final = 300.0
_AHEAD: Final = 100
_REFUSED: Final = frozenset({401, 403, 404})


class Client:
    """Records events and sends them from a thread of its own; safe to use from several threads.

    ``spool`` is a file in which events wait: what ``track`` has returned from survives the process, and the next client
    with the same file sends it. Without one they wait in memory, and the end of the process sends them. Ids and times are made when
    events are recorded, so the server counts each once. At most ``limit`` events wait; the oldest go first.

    Who did it is said with each event, or once by :meth:`identify` where the program has one user at a time.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        spool: str | Path | None = None,
        consent: bool = True,
        wait: float = 1.0,
        limit: int = 100_000,
        timeout: float = 10.0,
    ) -> None:
        self._url, self._key = url.rstrip("/") + "/v1/events", key
        self._wait, self._limit, self._timeout = wait, limit, timeout
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)
        self._spool = sqlite3.connect(str(spool) if spool else ":memory:", check_same_thread=False)
        self._spool.execute("PRAGMA journal_mode=WAL")
        self._spool.execute(
            "CREATE TABLE IF NOT EXISTS events (n INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL)"
        )
        self._spool.execute("CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        self._spool.commit()
        self._allowed = consent and self._kept("consent") != "no"
        self._failures, self._paused_until, self._batch = 0, 0.0, _BATCH
        self._last = 0
        self._hurry = self._closed = False
        self.problem: str | None = None
        """Why the last request was not taken; None when it was."""
        self._thread = threading.Thread(target=self._run, name="tidewheel client", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def track(
        self,
        event: str,
        properties: Mapping[str, Any] | None = None,
        *,
        who: Mapping[str, str] | None = None,
        items: Iterable[Mapping[str, Any]] = (),
        time: datetime | None = None,
        id: str | None = None,  # noqa: A002 - what the event calls it
    ) -> None:
        """Record an event; money is whole fen. With your own ``id`` and ``time``, recording it again adds nothing."""
        said = {"event": event, "properties": dict(properties or {}), "items": [dict(one) for one in items]}
        self._record(said, who, time, id)

    def identify(self, user: str, properties: Mapping[str, Any] | None = None, **identifiers: str) -> None:
        """Say who acts from now on. Another user than before acts on a new device."""
        with self._lock:
            if not self._allowed:
                return
            if self._kept("user") not in {None, user}:
                self.reset()
            self._keep("user", user)
            self._record({"person": {"set": dict(properties or {})}}, {**self._me(), **identifiers})

    def link(self, who: Mapping[str, str] | None = None, **identifiers: str) -> None:
        """Say that identifiers are one person's: those of ``who``, or of whoever acts, and further ones."""
        self._record({"person": {}}, {**(who if who is not None else self._me()), **identifiers})

    def set(
        self, properties: Mapping[str, Any], *, who: Mapping[str, str] | None = None, once: bool = False
    ) -> None:
        """Set properties of a person; ``once``: only those not set yet."""
        self._record({"person": {"set_once" if once else "set": dict(properties)}}, who)

    def reset(self) -> None:
        """Nobody acts any more; who comes next acts on a new device."""
        with self._lock:
            self._keep("user", None)
            self._keep("device", None)

    def opt_in(self) -> None:
        """Record from now on."""
        with self._lock:
            self._keep("consent", None)
            self._allowed = True

    def opt_out(self) -> None:
        """Forget what waits and who acted, and record nothing."""
        with self._lock:
            self._spool.execute("DELETE FROM events")
            self.reset()
            self._keep("consent", "no")
            self._allowed = False

    def flush(self, timeout: float = 30.0) -> bool:
        """Send what was recorded before; return whether all of it was answered within ``timeout`` seconds."""
        until = clock.monotonic() + timeout
        with self._news:
            last = self._spool.execute("SELECT max(n) FROM events").fetchone()[0] or 0
            self._paused_until, self._hurry = 0.0, True
            self._news.notify_all()
            while self._waiting(last) and (left := until - clock.monotonic()) > 0:
                self._news.wait(left)
            return not self._waiting(last)

    def close(self, timeout: float = 10.0) -> None:
        """Send what waits, and end. What could not be sent stays in the spool."""
        with self._lock:
            if self._closed:
                return
        self.flush(timeout)
        with self._news:
            self._closed = True
            self._news.notify_all()
        atexit.unregister(self.close)
        if self._thread is not threading.current_thread():
            self._thread.join(self._timeout)
        with self._lock:
            self._spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _record(
        self,
        said: dict[str, Any],
        who: Mapping[str, str] | None,
        time: datetime | None = None,
        own_id: str | None = None,
    ) -> None:
        with self._news:
            if not self._allowed:
                return
            moment = self._now() if time is None else time.isoformat()
            event = {
                "id": own_id or secrets.token_hex(12),
                "time": moment,
                "who": dict(who or self._me()),
                **said,
            }
            body = json.dumps(event, ensure_ascii=False, default=_plain)
            self._spool.execute("INSERT INTO events (body) VALUES (?)", (body,))
            self._spool.execute(
                "DELETE FROM events WHERE n <= (SELECT max(n) FROM events) - ?", (self._limit,)
            )
            self._spool.commit()
            self._news.notify_all()

    def _now(self) -> int:
        """Return the time in ms, later than before: what is recorded within one keeps its order."""
        now = int(clock.time() * 1000)
        self._last = max(
            now, min(self._last, now + _AHEAD) + 1
        )  # a long burst does not run ahead of the clock
        return self._last

    def _me(self) -> dict[str, str]:
        with self._lock:
            device = self._kept("device")
            if device is None:
                device = secrets.token_hex(12)
                self._keep("device", device)
            user = self._kept("user")
            return {"device": device} | ({"user": user} if user else {})

    def _kept(self, name: str) -> str | None:
        row = self._spool.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def _keep(self, name: str, value: str | None) -> None:
        self._spool.execute("DELETE FROM kept WHERE name = ?", (name,))
        if value is not None:
            self._spool.execute("INSERT INTO kept VALUES (?, ?)", (name, value))
        self._spool.commit()

    def _waiting(self, last: int) -> bool:
        row = self._spool.execute("SELECT 1 FROM events WHERE n <= ? LIMIT 1", (last,)).fetchone()
        return row is not None

    def _run(self) -> None:
        while True:
            with self._news:
                while not self._closed and not (batch := self._due(now := clock.monotonic())):
                    self._news.wait(self._paused_until - now if now < self._paused_until else None)
                if self._closed:
                    return
                until = clock.monotonic() + self._wait  # for company
                while not (self._hurry or self._closed) and 0 < len(batch) < self._batch:
                    if (left := until - clock.monotonic()) <= 0:
                        break
                    self._news.wait(left)
                    batch = self._due(clock.monotonic())
            if batch:
                self._send(batch)

    def _due(self, now: float) -> list[tuple[int, str]]:
        if now < self._paused_until:
            return []
        rows = self._spool.execute("SELECT n, body FROM events ORDER BY n LIMIT ?", (self._batch,)).fetchall()
        if not rows:
            self._hurry = False
        size = 0
        found: list[tuple[int, str]] = []
        for number, body in rows:
            size += len(body) * 3
            if found and size > _MOST_BYTES:
                break
            found.append((number, body))
        return found

    def _send(self, batch: list[tuple[int, str]]) -> None:
        """Send a batch and forget it once answered, whether it was taken or refused for what it says."""
        sent_at = int(clock.time() * 1000)
        body = f'{{"events":[{",".join(text for _, text in batch)}],"sent_at":{sent_at}}}'
        status, retry_after, problem = self._post(gzip.compress(body.encode(), 5))
        with self._news:
            self.problem = problem
            if status == 413 and len(batch) > 1:
                self._batch = max(1, len(batch) // 2)
            elif status in {0, 429, *_REFUSED} or status >= 500:
                back_off = min(_LONGEST_PAUSE, 2.0**self._failures) * random.uniform(0.5, 1)  # noqa: S311
                self._failures += 1
                self._paused_until = clock.monotonic() + max(back_off, retry_after)
            else:
                self._failures = 0
                numbers = [(number,) for number, _ in batch]
                self._spool.executemany("DELETE FROM events WHERE n = ?", numbers)
                self._spool.commit()
            self._news.notify_all()

    def _post(self, body: bytes) -> tuple[int, float, str | None]:
        """Return (status, or 0 when nobody answered; seconds to wait; what is wrong)."""
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
        }
        request = urllib.request.Request(self._url, body, headers)  # noqa: S310 - the address is the caller's
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as reply:  # noqa: S310
                reply.read()
                return reply.status, 0.0, None
        except urllib.error.HTTPError as error:
            told = error.read(2000).decode("utf-8", "replace")
            return error.code, _seconds(error.headers.get("Retry-After")), told or str(error)
        except (OSError, ValueError) as error:
            return 0, 0.0, str(error)


def _seconds(text: str | None) -> float:
    try:
        return max(0.0, float(text or 0))
    except ValueError:
        return 0.0


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be the value of a property")
