"""A real PostgreSQL of our own, from the Debian package."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
    on_path = shutil.which("postgres")
    return found[0].parent if found else Path(on_path).parent if on_path else None


class Postgres:
    """A server that can be taken away and brought back."""

    def __init__(self, url: str, control: list[str | Path], folder: Path, begin: list[str | Path]) -> None:
        self.url = url
        self._control, self._folder, self._begin = control, folder, begin

    def start(self) -> None:
        """Run it, with the data it has."""
        command = [*self._control, *self._begin, "start"]
        subprocess.run(command, check=True, cwd=self._folder, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        """Break all connections and take no more."""
        command = [*self._control, "-m", "immediate", "stop"]
        subprocess.run(command, check=True, cwd=self._folder, stdout=subprocess.DEVNULL)

    def signal(self, way: signal.Signals) -> None:
        """Send a signal to all of its processes, such as one that makes it fall silent."""
        first = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        told = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in (first, *map(int, told)):
            os.kill(process, way)


@contextmanager
def postgres(host: str = "127.0.0.1") -> Iterator[str]:
    """Run a server as somebody who is not root; yields its address without a database."""
    with postgres_server(host) as server:
        yield server.url


@contextmanager
def postgres_server(host: str = "127.0.0.1") -> Iterator[Postgres]:
    """Run a server; yields it."""
    folder_of_programs = programs()
    assert folder_of_programs, "PostgreSQL is missing: apt-get install postgresql"
    user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    run_as: list[str | Path] = ["runuser", "-u", user, "--"] if os.getuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="tidewheel-postgres-"))
    if run_as:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    initdb = [
        *run_as,
        folder_of_programs / "initdb",
        "-D",
        data,
        "-A",
        "trust",
        "-U",
        "tidewheel",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder)
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all tidewheel {host}/8 trust\n")
    options = f"-F -c listen_addresses={host} -p {port} -k {folder}"
    control = [*run_as, folder_of_programs / "pg_ctl", "-D", data, "-w"]
    begin: list[str | Path] = ["-o", options, "-l", folder / "log"]
    server = Postgres(f"postgresql://tidewheel@{host}:{port}", control, folder, begin)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
