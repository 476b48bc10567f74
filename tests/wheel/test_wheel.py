"""The wheel installs alone and shows the shop: no checkout, no Node, no development tools."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.wheel.building import ROOT, build

UI = ROOT / "src" / "tidewheel" / "serve" / "ui" / "index.html"


@pytest.mark.slow
def test_wheel_holds_the_package_and_the_browser_interface(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert UI.exists(), "run `make ui` first"
    assert {
        "tidewheel/serve/ui/index.html",
        "tidewheel/serve/sdk/tw.js",
        "tidewheel/serve/sdk/tw.mp.js",
    } <= set(names)
    assert any(name.startswith("tidewheel/serve/ui/assets/") for name in names)
    assert "tidewheel/py.typed" in names
    own = ("tidewheel/", "tidewheel-", "tidewheel__mypyc.")  # the last is what compiled modules share
    strays = [name for name in names if not name.startswith(own)]
    assert not strays
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.slow
def test_wheel_without_the_interface_is_not_made(tmp_path: Path) -> None:
    bare = tmp_path / "source"
    package = bare / "src" / "tidewheel"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('__version__ = "0"\n')
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        (bare / name).write_bytes((ROOT / name).read_bytes())
    with pytest.raises(RuntimeError, match="run `make ui` first"):
        build(bare, tmp_path / "dist")


@pytest.mark.slow
def test_wheel_runs_alone(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "venv"
    venv.create(place, with_pip=True, symlinks=True)
    pip = [
        str(place / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        str(wheel),
    ]
    subprocess.run(pip, check=True)
    with demo(place / "bin" / "tidewheel", tmp_path / "home") as base:
        page = fetch(base + "/")
        assert "<div id=" in page
        assert json.loads(fetch(base + "/api/v1/health"))["status"] == "ok"


@contextmanager
def demo(program: Path, home: Path) -> Iterator[str]:
    """Run a small demo until the block ends; it must end by itself when asked to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("TIDEWHEEL_", "PYTHON"))
    } | {"TIDEWHEEL_HOME": str(home), "TIDEWHEEL_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    log = home.parent / "demo.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [program, "demo", "--people", "500"],
            cwd=home.parent,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_for(f"Tidewheel is ready: http://127.0.0.1:{port}", log, process)
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(timeout=60) in {0, -15}, log.read_text()
    finally:
        with suppress(ProcessLookupError):  # what it started to compile goes with it
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(sentence: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    """Return when the sentence is in the log."""
    pause = 0.05
    for _ in range(int(300 / pause)):
        if sentence in log.read_text():
            return
        assert process.poll() is None, log.read_text()
        time.sleep(pause)
    raise AssertionError(log.read_text())


def fetch(address: str) -> str:
    """Return the body of a page."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=30) as answer:
            body: bytes = answer.read()
            return body.decode()
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{address}: {error.code} {error.read()!r}") from None
