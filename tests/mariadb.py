"""A real MariaDB of our own, from the Debian package."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

LIMIT = 60.0


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def programs() -> tuple[str, str] | None:
    """Return the server's and the installer's program; None where they are not installed."""
    where = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/bin"])
    server, installer = shutil.which("mariadbd", path=where), shutil.which("mariadb-install-db", path=where)
    return (server, installer) if server and installer else None


@contextmanager
def mariadb() -> Iterator[dict[str, object]]:
    """Run a server on a free port; yields host, port, user, password and database of an empty database."""
    found = programs()
    assert found, "MariaDB is missing: apt-get install mariadb-server"
    server, installer = found
    folder = Path(tempfile.mkdtemp(prefix="tidewheel-mariadb-"))
    user = "mysql" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    if os.getuid() == 0:
        shutil.chown(folder, user)
    data, door = folder / "data", folder / "door"
    quick = ["--no-defaults", f"--datadir={data}", f"--user={user}"]
    subprocess.run(
        [installer, *quick, "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    command = [
        server, *quick, f"--socket={door}", f"--port={free_port()}", "--bind-address=127.0.0.1", f"--pid-file={folder / 'pid'}",
        "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--sql-mode=", "--skip-networking=0",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        port = _until_it_answers(door, folder / "log")
        yield {
            "host": "127.0.0.1",
            "port": port,
            "user": "reader",
            "password": "a secret",
            "database": "shop",
        }
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _until_it_answers(door: Path, log: Path) -> int:
    begun = time.monotonic()
    while True:
        while not door.exists():  # a refused connection would leave its socket open
            assert time.monotonic() - begun < LIMIT, log.read_text(errors="replace")[-2000:]
            time.sleep(0.05)
        try:
            with (
                pymysql.connect(unix_socket=str(door), user="root") as connection,
                connection.cursor() as cursor,
            ):
                cursor.execute("CREATE DATABASE shop CHARACTER SET utf8mb4")
                cursor.execute("CREATE USER 'reader'@'127.0.0.1' IDENTIFIED BY 'a secret'")
                cursor.execute("GRANT ALL ON shop.* TO 'reader'@'127.0.0.1'")
                cursor.execute("SELECT @@port")
                return int(cursor.fetchall()[0][0])
        except pymysql.OperationalError:
            assert time.monotonic() - begun < LIMIT, log.read_text(errors="replace")[-2000:]
            time.sleep(0.05)
