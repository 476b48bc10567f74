"""Runs the application in one process and stops it gracefully."""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

import structlog
import uvicorn

from tidewheel.core.errors import Unavailable
from tidewheel.core.settings import Settings
from tidewheel.core.text import Text
from tidewheel.serve.address import address_file
from tidewheel.serve.alarms import Alarms
from tidewheel.serve.app import create_app
from tidewheel.serve.connections import limited
from tidewheel.serve.enriching import Following
from tidewheel.serve.installation import Installation
from tidewheel.serve.nightly import Nightly
from tidewheel.serve.pulls import Pulls

log = structlog.get_logger("tidewheel.server")
_STOP_SECONDS = 20
_OWN_FILES = 512
"""Open files that are left for the inbox, the lake and the columns when clients take all they can get."""
_LEAST_CONNECTIONS = 256
_MOST_FILES = 65_536


def open_files() -> int:
    """Let the process open as many files as it may, and return how many those are."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY or most > _MOST_FILES:
        most = _MOST_FILES
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class _Server(uvicorn.Server):
    """Tells open streams to end when asked to stop."""

    def __init__(self, config: uvicorn.Config, installation: Installation) -> None:
        super().__init__(config)
        self._installation = installation

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._installation.live.close()

    async def on_tick(self, counter: int) -> bool:
        ending = await super().on_tick(counter)
        if self._installation.live.closing:
            self._installation.live.close()
            self.should_exit = True
        return ending or self.should_exit


def stop(installation: Installation) -> None:
    """Ask a server that runs in another thread to stop."""
    installation.live.closing = True


def listen(settings: Settings) -> socket.socket:
    """Take the address, or say who can mend it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((settings.host, settings.port))
        found.listen(2048)
    except OSError as error:
        found.close()
        raise Unavailable(
            "address_taken",
            Text("Cannot listen on {host}:{port}: {why}.", "无法监听 {host}:{port}：{why}。"),
            field="port",
            got=settings.port,
            hint=Text(
                "Choose another port with --port or TIDEWHEEL_PORT.",
                "请用 --port 或 TIDEWHEEL_PORT 指定其他端口。",
            ),
            host=settings.host,
            port=settings.port,
            why=error.strerror or str(error),
        ) from error
    return found


def url_of(settings: Settings, door: socket.socket) -> str:
    """Return the address to open in a browser of this machine."""
    host = settings.host if settings.host not in {"0.0.0.0", "::", ""} else "127.0.0.1"  # noqa: S104
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{door.getsockname()[1]}"


def run(installation: Installation, ready: Callable[[str], None] = lambda url: None) -> None:
    """Serve until asked to stop; ``ready`` is called with the address once requests are answered."""
    # events waiting for the lake are many small objects without cycles: looking for cycles among them at
    # Python's usual pace takes half of the time to take events in
    gc.set_threshold(100_000, 20, 50)
    settings = installation.settings
    door = listen(settings)
    url = url_of(settings, door)
    app = create_app(installation, started=lambda: ready(url))
    config = uvicorn.Config(
        app,
        http=limited(settings.slow_request_seconds),
        limit_concurrency=max(_LEAST_CONNECTIONS, open_files() - _OWN_FILES),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
        timeout_keep_alive=75,
        ws="none",
    )
    file = address_file(settings.home)
    _write_private(file, json.dumps({"url": url, "token": installation.local_token, "pid": os.getpid()}))
    if threading.current_thread() is threading.main_thread():
        # raised again by uvicorn once it has stopped: by then there is still the inbox to be drained
        signal.signal(signal.SIGTERM, lambda number, frame: None)
    work = [] if installation.collects_only else _work(installation)
    for one in work:
        one.start()
    installation.answering.start()
    installation.quality.start()
    try:
        _Server(config, installation).run(sockets=[door])
    finally:
        for one in reversed(work):
            one.close()
        file.unlink(missing_ok=True)
        log.info("stopped")


def _work(installation: Installation) -> list[Nightly | Alarms | Pulls | Following]:
    """Return what goes on beside requests."""
    installation.erasures.wake()
    following = Following(installation.enriching, installation.open_stores)
    return [Nightly(installation), Alarms(installation), Pulls(installation), following]


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
