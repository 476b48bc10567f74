"""Sharing tests out goes on when processes die."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
