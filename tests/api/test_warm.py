"""Kernels are compiled once for an installation, in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tidewheel.analyse import machine_code
from tidewheel.serve import warm
from tidewheel.serve.warm import Warmth


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What processes were started that say they compile; each ends with the code put first into the list."""
    codes: list[int] = []
    run = subprocess.run

    def compiled(command: Any, **options: Any) -> Any:
        assert command == warm.COMPILE
        code = codes[0] if codes else 0
        codes.append(code)
        return run([sys.executable, "-c", f"raise SystemExit({code})"], check=False, capture_output=True)

    monkeypatch.setattr(subprocess, "run", compiled)
    return codes


def begun(folder: Path) -> Warmth:
    warmth = Warmth(folder)
    warmth.begin()
    warmth.wait()
    return warmth


def test_it_is_done_once_for_all_data_folders(started: list[int], tmp_path: Path) -> None:
    (tmp_path / "kernels-old").touch()
    assert begun(tmp_path).ready
    assert begun(tmp_path).ready
    assert started == [0]
    [stamp] = tmp_path.iterdir()
    assert stamp.name.startswith("kernels-")


def test_another_processor_has_other_machine_code(
    started: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(tmp_path)
    monkeypatch.setattr(machine_code, "processor", lambda: "another")
    begun(tmp_path)
    assert started == [0, 0]


def test_questions_go_ahead_when_it_fails(started: list[int], tmp_path: Path) -> None:
    started.append(3)
    assert begun(tmp_path).ready
    assert list(tmp_path.iterdir()) == []


def test_it_ends_once_nobody_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(warm, "home", lambda *_: None)
    monkeypatch.setattr(warm, "ask", lambda view, kind, *_: asked.append(kind))
    warm.compile_kernels(wanted=lambda: len(asked) < 3)
    assert len(asked) == 3
