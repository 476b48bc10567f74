"""A real server in a process of its own, whose data folder outlives it, and what it says when it is asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from tests.e2e.server import COMMAND_LINE, READY, ROOT

QUICK: Final = {
    "TIDEWHEEL_DRAIN_SECONDS": "0.3",
    "TIDEWHEEL_LOG_LEVEL": "error",
    "TIDEWHEEL_SQL_ROWS": "1000000",
    "LANG": "C.UTF-8",
}
PLAIN: Final = (sys.executable, "-c", COMMAND_LINE)
FAULTY: Final = (sys.executable, "-m", "tests.crash.faulty")
"""The same program with a clock and a disk that a file gives faults to."""


class Place:
    """A data folder with a project and a source, and the server that runs on it now."""

    def __init__(
        self, home: Path, *, program: Sequence[str] = PLAIN, inside: Sequence[str] = (), **settings: str
    ) -> None:
        self.home, self.inside, self.program = home, list(inside), list(program)
        self.settings = {**QUICK, **settings}
        self.url = ""
        self.project = self.key = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the processes of this place see."""
        path = f"{ROOT / 'src'}:{ROOT}"
        return {**os.environ, "PYTHONPATH": path, "TIDEWHEEL_HOME": str(self.home), **self.settings}

    def set_up(self) -> None:
        """Make the project and the source; the server runs."""
        with self.client() as client:
            made = client.post("/api/v1/projects", json={"name": "Shop"})
            assert made.status_code == 201, made.text
            self.project = made.json()["id"]
            made = client.post(f"/api/v1/projects/{self.project}/sources", json={"name": "Web"})
            assert made.status_code == 201, made.text
            self.key = made.json()["write_key"]

    def start(self, *command: str) -> None:
        """Run the server until it answers."""
        log = self.home.with_suffix(".log").open("a")
        self._process = subprocess.Popen(
            [*self.inside, *self.program, *(command or ("serve",)), "--port", "0"],
            env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
        log.close()
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if found := READY.search(line):
                self.url = found[1]
                return
        raise AssertionError(self.home.with_suffix(".log").read_text()[-3000:])

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it without a warning."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop; returns its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, way: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(way)
        try:
            return process.wait(60)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def memory(self) -> tuple[int, int]:
        """Return the resident memory now and at its highest, in MiB."""
        said = dict(line.split(":", 1) for line in Path(f"/proc/{self.pid}/status").read_text().splitlines())
        now, most = (int(said[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM"))
        return now, most

    def forget_peak(self) -> None:
        """Let the highest memory begin anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """Yield a client with the rights of this machine's administrator."""
        token = json.loads((self.home / "server.json").read_text())["token"]
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False) as client:
            yield client

    def health(self) -> dict[str, str | None]:
        """Return what is wrong, by part."""
        with self.client() as client:
            reply = client.get("/api/v1/health")
        return {one["name"]: one["detail"] for one in reply.json()["checks"] if not one["ok"]}

    def counts(self, name: str = "load") -> Counter[int]:
        """Return how often each number arrived, as a query in SQL sees it."""
        statement = f"select n, count(*) as times from events where name = '{name}' group by n"
        with self.client() as client:
            reply = client.post(
                f"/api/v1/projects/{self.project}/sql", json={"sql": statement, "rows": 1_000_000}
            )
            if reply.status_code == 422 and reply.json()["error"]["code"] == "sql_wrong":
                return Counter()  # nothing came yet that has numbers
            assert reply.status_code == 200, reply.text
            answer = reply.json()
        assert not answer["more"], "more rows than are shown"
        return Counter({int(number): int(times) for number, times in answer["rows"]})
