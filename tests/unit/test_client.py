"""The Python client against a server that answers what it is told."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tidewheel import Client


class Server:
    """Keeps the events of each request; answers 200 when nothing else is planned."""

    def __init__(self) -> None:
        self.bodies: list[list[dict[str, Any]]] = []
        self.answers: list[int] = []
        here = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = gzip.decompress(self.rfile.read(int(self.headers["content-length"])))
                assert self.headers["authorization"] == "Bearer k"
                here.bodies.append(json.loads(sent)["events"])
                self.send_response(here.answers.pop(0) if here.answers else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def sent(self) -> list[dict[str, Any]]:
        return [event for body in self.bodies for event in body]


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of this test's own."""
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


def test_what_is_recorded_arrives_once_answered(server: Server) -> None:
    with Client(server.url, "k") as client:
        client.track(
            "purchase", {"order_id": "SO1", "value": 100}, who={"user": "u1"}, items=[{"item_id": "S"}]
        )
        client.track("visit", time=datetime(2026, 11, 1, tzinfo=UTC), id="v1", who={"phone": "1"})
        assert client.flush()
        assert client.flush()
    order, visit = server.sent
    assert (order["event"], order["who"], order["items"]) == ("purchase", {"user": "u1"}, [{"item_id": "S"}])
    assert (visit["id"], visit["time"]) == ("v1", "2026-11-01T00:00:00+00:00")


def test_what_is_recorded_within_a_millisecond_keeps_its_order(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidewheel.client.clock.time", lambda: 1_796_000_000.0)
    with Client(server.url, "k") as client:
        for level in ("silver", "gold", "black"):
            client.set({"level": level}, who={"user": "u1"})
        for _ in range(200):
            client.track("burst", who={"user": "u1"})
    times = [event["time"] - 1_796_000_000_000 for event in server.sent]
    assert times[:3] == [0, 1, 2]
    assert max(times) == 101


@pytest.mark.parametrize("answer", [500, 429, 401])
def test_the_same_is_sent_again_until_it_is_taken(server: Server, answer: int) -> None:
    server.answers = [answer, answer]
    with Client(server.url, "k") as client:
        client.track("a")
        assert not client.flush(0.3)
        assert client.problem is not None
        assert str(answer) in client.problem
        assert not client.flush(0.3)
        assert client.flush()
        assert client.problem is None
    assert len({event["id"] for event in server.sent}) == 1
    assert len(server.bodies) == 3


def test_what_is_refused_is_not_sent_again_and_what_is_too_large_in_halves(server: Server) -> None:
    server.answers = [422]
    with Client(server.url, "k", wait=60) as client:
        client.track("a")
        assert client.flush()
        server.answers = [413]
        for _ in range(4):
            client.track("b")
        assert client.flush()
    assert [len(body) for body in server.bodies] == [1, 4, 2, 2]


def test_a_spool_outlives_the_client(server: Server, tmp_path: Path) -> None:
    spool = tmp_path / "events.db"
    away = Client("http://127.0.0.1:9", "k", spool=spool)
    away.track("a")
    away.close(0.1)
    with Client(server.url, "k", spool=spool) as client:
        assert client.flush()
    assert [event["event"] for event in server.sent] == ["a"]


def test_the_oldest_go_when_too_many_wait(server: Server) -> None:
    server.answers = [500]
    with Client(server.url, "k", limit=3, wait=60) as client:
        for number in range(5):
            client.track(str(number))
        client.flush()
    assert {event["event"] for event in server.sent} == {"2", "3", "4"}


def test_two_people_in_turn_are_two_devices(server: Server, tmp_path: Path) -> None:
    with Client(server.url, "k", spool=tmp_path / "spool") as client:
        client.track("before")
        client.identify("u1", {"city": "Hangzhou"}, phone="13800138000")
        client.track("hers")
        client.identify("u2")
        client.track("his")
        client.reset()
        client.track("nobody")
        client.set({"level": "gold"}, who={"user": "u1"}, once=True)
        client.link({"user": "u1"}, unionid="x")
        client.flush()
    before, named, hers, _, his, nobody, level, linked = (event["who"] for event in server.sent)
    assert before["device"] == named["device"] == hers["device"]
    assert named["phone"] == "13800138000"
    assert len({hers["device"], his["device"], nobody["device"]}) == 3
    assert (his["user"], "user" in nobody) == ("u2", False)
    assert (level, linked) == ({"user": "u1"}, {"user": "u1", "unionid": "x"})
    assert server.sent[1]["person"] == {"set": {"city": "Hangzhou"}}
    assert server.sent[6]["person"] == {"set_once": {"level": "gold"}}


def test_nothing_is_kept_or_sent_without_consent(server: Server, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    with Client(server.url, "k", spool=spool, consent=False, wait=60) as client:
        client.track("a")
        client.identify("u1")
        client.opt_in()
        client.track("b")
        client.opt_out()
        client.track("c")
        client.flush()
    with Client(server.url, "k", spool=spool) as again:
        again.track("d")
        again.flush()
    assert server.sent == []
