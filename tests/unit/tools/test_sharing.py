"""Sharing tests out goes on when processes die."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.sharing import Sharing

ROOT = Path(__file__).resolve().parents[3]
SHARED = """
from tests.sharing import Sharing

def pytest_xdist_make_scheduler(config, log): return Sharing(config, log)
"""
DEADLY = """
import os
from pathlib import Path

import pytest

def test_before(): Path("{name}-before").touch()
def test_deadly():
    with Path("deaths").open("a") as deaths: deaths.write("{name}\\n")
    os._exit(1)
def test_after(): Path("{name}-after").touch()
"""


@pytest.mark.slow
def test_each_death_fails_one_test_and_all_others_run(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(SHARED, "utf-8")
    names = ("one", "other", "third", "fourth")
    for name in names:
        (tmp_path / f"test_{name}.py").write_text(DEADLY.format(name=name), "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "xdist.plugin", "-n", "2", "--dist", "loadfile", "-q"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "4 failed, 8 passed" in done.stdout
    assert sorted((tmp_path / "deaths").read_text("utf-8").split()) == sorted(names)
    assert all((tmp_path / f"{name}-{when}").exists() for name in names for when in ("before", "after"))


class Process:
    """Something that runs tests, as far as sharing out goes."""

    gateway = SimpleNamespace(id="gw")

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        self.sent += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def test_a_process_never_waits_with_one_test_for_the_next() -> None:
    config = SimpleNamespace(getvalue=lambda _: ["popen"] * 2, option=SimpleNamespace())
    sharing = Sharing(cast("Any", config), SimpleNamespace(loadscopesched=lambda *_: None))
    tests = ["a.py::1", "a.py::2", "b.py::1", "b.py::2", "c.py::1", "d.py::1"]
    first, second = Process(), Process()
    for process in (first, second):
        sharing.add_node(cast("Any", process))
        sharing.add_node_collection(cast("Any", process), tests)
    sharing.schedule()
    sharing.mark_test_complete(cast("Any", first), 0)
    assert sharing.remove_node(cast("Any", first)) == "a.py::2", "it died of the second test of its file"
    third = Process()
    sharing.workqueue["b.py"] = {"b.py::1": True, "b.py::2": False}
    sharing.workqueue["d.py"] = {"d.py::1": False}
    sharing.add_node(cast("Any", third))
    sharing.add_node_collection(cast("Any", third), tests)
    sharing.schedule()
    assert third.shutting_down or len(third.sent) >= 2, "one test runs when its process knows what comes next"
    assert tests.index("b.py::2") in third.sent
