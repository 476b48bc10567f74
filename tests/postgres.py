"""A real PostgreSQL of our own, from the Debian package."""

from __future__ import annotations

import os
import pwd
import shutil
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


@contextmanager
def postgres(host: str = "127.0.0.1") -> Iterator[str]:
    """Run a server as somebody who is not root; yields its address without a database."""
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
    subprocess.run(
        [*control, "-o", options, "-l", folder / "log", "start"],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"postgresql://tidewheel@{host}:{port}"
    finally:
        subprocess.run(
            [*control, "-m", "immediate", "stop"], check=True, cwd=folder, stdout=subprocess.DEVNULL
        )
        shutil.rmtree(folder, ignore_errors=True)
