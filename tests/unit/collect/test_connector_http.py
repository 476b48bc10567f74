"""APIs: paging, signing in, patience, and what is wrong with an answer; against a server with faults."""

from __future__ import annotations

import base64
import json
import random
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.unit.collect.pulled import Facts, read, rows_of, world
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.pull import CONNECTORS
from tidewheel.core.errors import TidewheelError, Transient

HTTP = CONNECTORS.get("http")
ROWS = [
    {"id": n, "user": {"id": f"u{n % 3}"}, "at": f"2026-11-{n % 20 + 1:02d}T10:{n % 60:02d}:00Z"}
    for n in range(1, 24)
]
Answer = tuple[int, dict[str, str], Any]


class Api:
    """A server whose answers a test decides; ``asked`` are (path, query, headers, body)."""

    def __init__(self) -> None:
        self.answer: Callable[[str, dict[str, str], dict[str, str], str], Answer] = lambda *_: (200, {}, ROWS)
        self.asked: list[tuple[str, dict[str, str], dict[str, str], str]] = []
        self.url = ""


@pytest.fixture
def api() -> Iterator[Api]:
    found = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0))).decode()
            found.asked.append((parts.path, query, headers, body))
            status, more, said = found.answer(parts.path, query, headers, body)
            raw = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in {**more, "Content-Length": str(len(raw))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def place(api: Api, **more: Any) -> Any:
    return HTTP.Place.model_validate({"url": f"{api.url}/orders", "requests_per_minute": 6000, **more})


def paged(path: str, query: dict[str, str], *_: object, rows: list[Any] = ROWS) -> Answer:
    """Answer in every style of paging at once."""
    rows = [row for row in rows if row["at"] >= query.get("since", "")]
    begin = (
        (int(query["page"]) - 1) * 5 if "page" in query else int(query.get("offset", query.get("token", 0)))
    )
    part = rows[begin : begin + 5]
    more = begin + 5 < len(rows)
    headers = {"Link": f'<{path}?token={begin + 5}>; rel="next"'} if more else {}
    return 200, headers, {"data": {"items": part}, "next": str(begin + 5) if more else None}


@pytest.mark.parametrize(
    "paging",
    [
        {"paging": "page", "size_parameter": "size", "size": 5},
        {"paging": "page"},
        {"paging": "offset", "page_parameter": "offset"},
        {"paging": "cursor", "page_parameter": "token", "next": "/next"},
        {"paging": "link"},
    ],
)
def test_every_page_is_read_once(api: Api, tmp_path: Path, paging: dict[str, Any]) -> None:
    api.answer = paged
    batches = list(HTTP().read(place(api, rows="/data/items", **paging), {}, world(tmp_path)))
    assert [row.cells["id"] for row in rows_of(batches)] == [row["id"] for row in ROWS]
    assert rows_of(batches)[0].cells["user.id"] == "u1"


def test_only_what_is_newer_is_asked_for(api: Api, tmp_path: Path) -> None:
    api.answer = paged
    asked = place(
        api, rows="/data/items", paging="cursor", page_parameter="token", next="/next",
        since_parameter="since", since_field="at", overlap_minutes=0,
    )  # fmt: skip
    cursor = list(HTTP().read(asked, {}, world(tmp_path)))[-1].cursor
    assert cursor == {"since": 1_795_168_800_000 + 20 * 60_000 - 60_000}
    api.asked.clear()
    [batch] = HTTP().read(asked, cursor, world(tmp_path))
    assert api.asked[0][1] == {"since": "2026-11-20T10:19:00Z"}
    assert [row.cells["id"] for row in rows_of([batch])] == [19]


def test_any_order_of_kills_gives_the_same_facts(api: Api, tmp_path: Path) -> None:
    api.answer = paged
    mapping = Mapping(who={"user": "user.id"}, what="=order", when="at")
    for paging in ({"paging": "page"}, {"paging": "cursor", "page_parameter": "token", "next": "/next"}):
        asked = place(api, rows="/data/items", since_parameter="since", since_field="at", **paging)
        clean, broken = Facts(), Facts()
        end = read(HTTP(), asked, world(tmp_path), "events", mapping, clean, {})
        assert len(clean.kept) == len(ROWS)
        for seed in range(8):
            assert (
                read(HTTP(), asked, world(tmp_path), "events", mapping, broken, {}, random.Random(seed))
                == end
            )
            assert broken.said() == clean.said()


@pytest.mark.parametrize(
    ("sign_in", "expected"),
    [
        ({"sign_in": "bearer", "secret": "t0ken"}, ("authorization", "Bearer t0ken")),
        ({"sign_in": "header", "user": "X-Key", "secret": "t0ken"}, ("x-key", "t0ken")),
        ({"sign_in": "basic", "user": "u", "secret": "t0ken"}, ("authorization", "Basic " + base64.b64encode(b"u:t0ken").decode())),
    ],
)  # fmt: skip
def test_it_signs_in(api: Api, tmp_path: Path, sign_in: dict[str, str], expected: tuple[str, str]) -> None:
    list(HTTP().read(place(api, **sign_in), {}, world(tmp_path)))
    assert api.asked[0][2][expected[0]] == expected[1]


def test_a_token_that_ran_out_is_fetched_again(api: Api, tmp_path: Path) -> None:
    given = iter(["old", "new"])

    def answer(path: str, query: dict[str, str], headers: dict[str, str], body: str) -> Answer:
        if path == "/token":
            assert "client_credentials" in body
            return 200, {}, {"access_token": next(given)}
        return (200, {}, ROWS) if headers["authorization"] == "Bearer new" else (401, {}, {})

    api.answer = answer
    asked = place(api, sign_in="oauth2", user="id", secret="s3cret", token_url=f"{api.url}/token")
    assert len(rows_of(list(HTTP().read(asked, {}, world(tmp_path))))) == len(ROWS)


def test_a_busy_api_is_waited_for(api: Api, tmp_path: Path) -> None:
    answers = iter([(429, {"Retry-After": "7"}, {}), (503, {}, {}), (200, {}, ROWS)])
    api.answer = lambda *_: next(answers)
    waits: list[float] = []
    here = world(tmp_path, wait=waits.append)
    assert len(rows_of(list(HTTP().read(place(api), {}, here)))) == len(ROWS)
    assert [wait for wait in waits if wait >= 1] == [7.0, 2.0]
    api.answer = lambda *_: (429, {"Retry-After": "3600"}, {})
    with pytest.raises(TidewheelError) as busy:
        list(HTTP().read(place(api), {}, here))
    assert isinstance(busy.value, Transient)
    assert busy.value.retry_after_seconds == 3600


@pytest.mark.parametrize(
    ("answer", "settings", "code"),
    [
        ((200, {}, b"<html>"), {}, "not_json"),
        ((200, {}, {"items": [], "total": 0}), {}, None),
        ((200, {}, 7), {}, "no_list"),
        ((200, {}, {"data": 7}), {"rows": "/data"}, "no_list"),
        ((401, {}, {}), {"sign_in": "bearer", "secret": "t0ken"}, "api_refused"),
        ((404, {}, {}), {}, "api_refused"),
        ((302, {"Location": "http://169.254.169.254/"}, {}), {}, "api_refused"),
        ((200, {"Link": '<http://evil.test/next>; rel="next"'}, ROWS), {"paging": "link"}, "link_elsewhere"),
        ((200, {}, ROWS), {"url": "http://169.254.169.254/latest"}, "address_not_allowed"),
        ((200, {}, ROWS), {"url": "http://127.0.0.1:9/"}, "api_unreachable"),
    ],
)
def test_what_is_wrong_is_said(
    api: Api, tmp_path: Path, answer: Answer, settings: dict[str, Any], code: str | None
) -> None:
    api.answer = lambda *_: answer
    if code is None:
        assert HTTP().check(place(api, **settings), world(tmp_path)).en
        return
    with pytest.raises(TidewheelError) as refused:
        list(HTTP().read(place(api, **settings), {}, world(tmp_path)))
    assert refused.value.code == code
    assert "t0ken" not in json.dumps(refused.value.describe())
