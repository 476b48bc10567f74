"""The least of a proxy: each connection goes to the next server that takes it."""

from __future__ import annotations

import contextlib
import itertools
import socket
import socketserver
import threading
from collections.abc import Iterator, Sequence

Address = tuple[str, int]


class _Passing(socketserver.BaseRequestHandler):
    """One connection, passed through both ways until either side ends it."""

    server: _Turns

    def handle(self) -> None:
        """Pass bytes."""
        there = self.server.open()
        if there is None:
            return
        with there:
            back = threading.Thread(target=_pass, args=(there, self.request), daemon=True)
            back.start()
            _pass(self.request, there)
            back.join()


class _Turns(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: Address, servers: Sequence[Address]) -> None:
        super().__init__(address, _Passing)
        self._servers, self._turn = servers, itertools.count()

    def open(self) -> socket.socket | None:
        """Connect to the server whose turn it is, or to one after it; None when none takes connections."""
        first = next(self._turn)
        for place in range(len(self._servers)):
            with contextlib.suppress(OSError):
                found = socket.create_connection(self._servers[(first + place) % len(self._servers)], 5)
                found.settimeout(None)
                return found
        return None


def _pass(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def round_robin(host: str, servers: Sequence[Address]) -> Iterator[str]:
    """Serve on a free port of a host; yields the address."""
    with _Turns((host, 0), servers) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://{host}:{proxy.server_address[1]}"
        finally:
            proxy.shutdown()
