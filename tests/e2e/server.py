"""A real Tidewheel in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
COMMAND_LINE = "from tidewheel.serve.cli.main import run; run()"
EXPORTS = "exports"
"""A folder beside the data that connectors may read."""
READY = re.compile(r"Tidewheel is ready: (\S+)")
SIGN_IN = re.compile(r"Sign in: (\S+)\s+password: (\S+)")


@dataclass(frozen=True)
class Server:
    """Where it listens and, for the demo, who may sign in."""

    url: str
    home: Path
    email: str = ""
    password: str = ""

    @contextmanager
    def client(self, token: str = "") -> Iterator[httpx.Client]:
        """Yield an HTTP client, with a token or nothing."""
        headers = {"Accept-Language": "en"} | ({"Authorization": f"Bearer {token}"} if token else {})
        with httpx.Client(base_url=self.url, timeout=60, headers=headers) as client:
            yield client

    @contextmanager
    def signed_in(self, email: str = "", password: str = "") -> Iterator[httpx.Client]:
        """Yield an HTTP client with a session; by default the demo's user."""
        with self.client() as client:
            form = {"email": email or self.email, "password": password or self.password}
            reply = client.post("/api/v1/session", json=form)
            assert reply.status_code == 200, reply.text
            client.headers["X-CSRF-Token"] = reply.json()["csrf_token"]
            yield client


@contextmanager
def running(home: Path, *command: str) -> Iterator[Server]:
    """Run ``tidewheel COMMAND`` on a free port until the block ends."""
    home.mkdir(parents=True, exist_ok=True)
    said = home.parent / f"{home.name}.log"
    env = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT / "src")}
    env |= {"TIDEWHEEL_HOME": str(home), "TIDEWHEEL_PRIVATE_WEBHOOKS": "true"}
    env |= {"TIDEWHEEL_CONNECTOR_FOLDERS": str(home.parent / EXPORTS)}
    with said.open("w") as errors, subprocess.Popen(
        [sys.executable, "-c", COMMAND_LINE, *command, "--port", "0"],
        env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
    ) as process:  # fmt: skip
        try:
            yield _wait_ready(process, home, said, sign_in="demo" in command)
        finally:
            process.terminate()
            process.wait(30)


def _wait_ready(process: subprocess.Popen[str], home: Path, said: Path, *, sign_in: bool) -> Server:
    assert process.stdout
    url, lines = "", []
    for line in process.stdout:
        lines.append(line)
        if found := READY.search(line):
            url = found[1]
            if not sign_in:
                return Server(url, home)
        if found := SIGN_IN.search(line):
            return Server(url, home, found[1], found[2])
    raise AssertionError(f"The server ended before it was ready:\n{''.join(lines)}{said.read_text('utf-8')}")
