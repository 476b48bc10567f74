"""Machines of our own for the tests: network namespaces joined by a bridge, or plain processes without them."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",  # a token of this machine's user is none of the test's business
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_memory_monitor_refresh_ms": "0",  # what else fills this machine is none of the test's business either
    # whatever starts may take its time on a slow machine
    "RAY_gcs_server_port_wait_time_s": "300",
    "RAY_gcs_server_request_timeout_seconds": "120",
    "RAY_raylet_start_wait_time_s": "120",
    "RAY_agent_register_timeout_ms": "300000",
    "RAY_worker_register_timeout_seconds": "600",
    # processes that wait for work nobody has for them
    "RAY_enable_worker_prestart": "0",
    "RAY_prestart_worker_first_driver": "0",
    # a node that no longer answers is given up within half a minute; one that is only slow is not
    "RAY_health_check_initial_delay_ms": "10000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "6000",
    "RAY_health_check_failure_threshold": "4",
}


CONFIGURATION = Path("/etc/netns")
"""What ``ip netns exec`` puts over the machine's own files in ``/etc``."""
DISK = ("sh", "-c", 'mount --bind "$1" "$2" && export RAY_TMPDIR="$2" && shift 2 && exec "$@"', "disk")
"""Gives a machine a folder of its own for what Ray writes, under a path that is the same on all of them.

With one folder for all, Ray takes the machines' files for its own: it connects a program to another
machine's raylet, and two raylets that start at once choose the same name for a socket.
"""


def run(*command: str | Path) -> None:
    """Run a command that must succeed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, check=False)
    assert done.returncode == 0, (command, done.stderr.decode(errors="replace")[-500:])


@dataclass(frozen=True)
class Host:
    """A machine: how to run something on it, and its address."""

    name: str
    address: str
    inside: tuple[str, ...] = ()

    def start(self, command: Sequence[str], log: Path, **environment: str) -> subprocess.Popen[bytes]:
        """Start a program on it."""
        with log.open("ab") as out:
            return subprocess.Popen(
                [*self.inside, *command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **QUIET, **environment},
            )

    def unplug(self) -> None:
        """Pull the network cable; only in namespaces."""
        run("ip", "-n", self.name, "link", "set", "wire", "down")


def namespaces_work() -> bool:
    """Say whether this machine lets us make network namespaces, and whether one reaches another."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        return False
    try:
        with namespaces(2) as (one, two):
            listen = f"import socket; s = socket.create_server(('{one.address}', 7077)); print(1, flush=True); s.accept()"
            call = f"import socket; socket.create_connection(('{one.address}', 7077), 5)"
            server = subprocess.Popen(
                [*one.inside, sys.executable, "-c", listen], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            try:
                assert server.stdout is not None
                server.stdout.readline()
                called = subprocess.run(
                    [*two.inside, sys.executable, "-c", call], capture_output=True, check=False, timeout=30
                )
                return called.returncode == 0
            finally:
                server.kill()
                server.communicate()
    except (AssertionError, OSError, subprocess.TimeoutExpired):
        return False


@contextlib.contextmanager
def namespaces(count: int) -> Iterator[list[Host]]:
    """Make machines that reach each other, and nothing else."""
    mark = uuid.uuid4().hex[:6]
    names = [f"tw-{mark}-{number}" for number in range(count)]
    disks = Path(tempfile.mkdtemp(prefix="tw-"))
    for name in [*names, "here"]:
        (disks / name).mkdir()
    hosts = [
        Host(name, f"10.77.0.{number + 1}", ("ip", "netns", "exec", name, *DISK, str(disks / name), str(disks / "here")))
        for number, name in enumerate(names)
    ]  # fmt: skip
    hub = names[0]
    try:
        for host in hosts:
            run("ip", "netns", "add", host.name)
            settings = CONFIGURATION / host.name
            settings.mkdir(parents=True)
            (settings / "resolv.conf").write_text("nameserver 127.0.0.1\n")  # says no at once
            run("ip", "-n", host.name, "link", "set", "lo", "up")
        run("ip", "-n", hub, "link", "add", "hub", "type", "bridge")
        run("ip", "-n", hub, "addr", "add", f"{hosts[0].address}/24", "dev", "hub")
        run("ip", "-n", hub, "link", "set", "hub", "up")
        for number, host in enumerate(hosts[1:], 1):
            run("ip", "-n", hub, "link", "add", f"to{number}", "type", "veth", "peer", "name", "wire", "netns", host.name)  # fmt: skip
            run("ip", "-n", hub, "link", "set", f"to{number}", "master", "hub", "up")
            run("ip", "-n", host.name, "addr", "add", f"{host.address}/24", "dev", "wire")
            run("ip", "-n", host.name, "link", "set", "wire", "up")
        yield hosts
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
            shutil.rmtree(CONFIGURATION / name, ignore_errors=True)
        shutil.rmtree(disks, ignore_errors=True)


@contextlib.contextmanager
def processes(count: int) -> Iterator[list[Host]]:
    """Make do with processes of this machine, each with a loopback address of its own."""
    yield [Host(f"host-{number}", f"127.0.0.{number + 2}") for number in range(count)]
