"""Refused in the middle of a body: whoever sends on before it reads sees the answer, within bounds."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import uvicorn

from tidewheel.serve.connections import Connection

PART = b"x" * 65_536
MIB = 2**20
PAUSE = 0.2


async def refuse(scope: Any, receive: Any, send: Any) -> None:
    """Refuse a request of which only the head was read."""
    assert scope["type"] == "http"
    headers = [(b"content-length", b"2"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"no"})


@contextmanager
def refusing(**bounds: Any) -> Iterator[int]:
    """Run a server whose connections linger within bounds; yields its port."""
    kind = type("Bounded", (Connection,), {"linger_pause": PAUSE} | bounds)
    config = uvicorn.Config(refuse, http=kind, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=server.run, args=([door],))
        thread.start()
        try:
            yield door.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def begun(port: int, said: str) -> socket.socket:
    """Send the head of a request."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(f"POST /v1/events HTTP/1.1\r\nhost: shop\r\n{said}\r\n\r\n".encode())
    return connection


def answer(connection: socket.socket) -> bytes:
    """Return all that comes until the server ends."""
    found = b""
    while part := connection.recv(65_536):
        found += part
    return found


def sent_until_it_breaks(connection: socket.socket, most: int) -> int:
    """Send on without reading; returns how many bytes the connection took."""
    sent = 0
    with suppress(OSError):
        while sent < most:
            connection.sendall(PART)
            sent += len(PART)
    return sent


def sent_or_raise(connection: socket.socket) -> None:
    """Send a little now and then; raises once the other side says that it is gone."""
    for _ in range(100):
        time.sleep(PAUSE / 2)
        connection.sendall(b"x")


@pytest.mark.parametrize("size", [MIB, 40 * MIB])
@pytest.mark.parametrize("chunked", [False, True])
def test_who_sends_all_before_it_reads_sees_the_answer(size: int, chunked: bool) -> None:
    parts = [PART] * (size // len(PART))
    if chunked:
        parts = [*(b"10000\r\n" + part + b"\r\n" for part in parts), b"0\r\n\r\n"]
    with (
        refusing() as port,
        begun(port, "transfer-encoding: chunked" if chunked else f"content-length: {size}") as connection,
    ):
        for part in parts:
            connection.sendall(part)
        assert answer(connection).startswith(b"HTTP/1.1 413 ")


def test_no_more_than_so_much_is_read_after_the_answer() -> None:
    with refusing(linger_bytes=4 * MIB) as port, begun(port, f"content-length: {2**30}") as connection:
        assert 4 * MIB <= sent_until_it_breaks(connection, 2**30) < 64 * MIB


def test_who_sends_on_for_too_long_is_cut_off() -> None:
    bounds = {"linger_seconds": 3 * PAUSE, "linger_bytes": 2**40}
    with refusing(**bounds) as port, begun(port, f"content-length: {2**40}") as connection:
        started = time.monotonic()
        sent_until_it_breaks(connection, 2**40)
        assert time.monotonic() - started >= 2 * PAUSE


def test_who_falls_silent_after_the_answer_is_let_go() -> None:
    with refusing() as port, begun(port, f"content-length: {2**30}") as connection:
        assert answer(connection).startswith(b"HTTP/1.1 413 ")
        time.sleep(3 * PAUSE)
        connection.sendall(b"x")  # nobody is there any more: this is answered with a reset
        with pytest.raises(ConnectionError):
            sent_or_raise(connection)


def test_a_whole_request_is_closed_at_once() -> None:
    with refusing(linger_pause=60.0) as port, begun(port, "content-length: 0") as connection:
        started = time.monotonic()
        assert answer(connection).startswith(b"HTTP/1.1 413 ")
        assert time.monotonic() - started < 30
