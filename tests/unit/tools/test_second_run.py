"""A second run of what failed beside others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FAILS_ONCE = """
from pathlib import Path

def test_slow(): assert Path("late").exists()
def test_wrong(): raise AssertionError
def test_right(): raise AssertionError("only what failed is run")
"""


def second_run(
    folder: Path, failed: list[str], status: int = 1, most: int = 2
) -> subprocess.CompletedProcess[str]:
    (folder / "test_all.py").write_text(FAILS_ONCE, "utf-8")
    (folder / "late").touch()
    kept = folder / ".pytest_cache" / "v" / "cache"
    kept.mkdir(parents=True)
    (kept / "lastfailed").write_text(json.dumps({f"test_all.py::{name}": True for name in failed}), "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "tools.second_run", str(status), str(most)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_what_passes_alone_is_named_and_passes(tmp_path: Path) -> None:
    done = second_run(tmp_path, ["test_slow"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test_all.py::test_slow" in done.stdout
    assert "1 passed" in done.stdout


def test_what_fails_again_fails(tmp_path: Path) -> None:
    done = second_run(tmp_path, ["test_slow", "test_wrong"])
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout


@pytest.mark.parametrize(
    ("failed", "status"),
    [(["test_slow", "test_wrong", "test_right"], 1), ([], 1), (["test_slow"], 2), (["test_slow"], 3)],
    ids=["too many", "none", "interrupted", "broken"],
)
def test_anything_else_stays_as_it_was(tmp_path: Path, failed: list[str], status: int) -> None:
    done = second_run(tmp_path, failed, status)
    assert (done.returncode, done.stdout) == (status, "")
