"""Kernels are compiled once for an installation, in a process of their own."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.shop import Shop
from tidewheel.analyse import machine_code
from tidewheel.serve import warm
from tidewheel.serve.warm import Warmth


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What processes were started that say they compile; each ends with the code put first into the list."""
    codes: list[int] = []
    run = subprocess.run

    def compiled(command: Any, **options: Any) -> Any:
        assert command[:-1] == warm.COMPILE
        code = codes[0] if codes else 0
        codes.append(code)
        if not code:
            warm.leave(Path(command[-1]))
        return run([sys.executable, "-c", f"raise SystemExit({code})"], check=False, capture_output=True)

    monkeypatch.setattr(subprocess, "run", compiled)
    return codes


def begun(folder: Path) -> Warmth:
    warmth = Warmth(folder)
    warmth.begin()
    warmth.wait()
    return warmth


def stamps(folder: Path) -> list[Path]:
    return list(folder.glob("kernels-*"))


def test_it_is_done_once_for_all_data_folders(started: list[int], tmp_path: Path) -> None:
    (tmp_path / "kernels-old").touch()
    assert begun(tmp_path).ready
    assert begun(tmp_path).ready
    assert started == [0]
    assert len(stamps(tmp_path)) == 1
    assert stamps(tmp_path)[0].name != "kernels-old"


def test_of_servers_that_start_at_once_one_compiles(started: list[int], tmp_path: Path) -> None:
    both = [Warmth(tmp_path), Warmth(tmp_path)]
    with (tmp_path / warm.LOCK).open("a") as lock:  # neither can begin before both wait
        fcntl.flock(lock, fcntl.LOCK_EX)
        for warmth in both:
            warmth.begin()
        assert not any(warmth.ready for warmth in both)
    for warmth in both:
        warmth.wait()
    assert started == [0]


def test_what_a_server_began_that_has_ended_is_waited_for(started: list[int], tmp_path: Path) -> None:
    begun(tmp_path)
    [stamp] = stamps(tmp_path)
    stamp.unlink()
    ended = "import fcntl, subprocess, sys; lock = open(sys.argv[1], 'a'); fcntl.flock(lock, fcntl.LOCK_EX); "
    ended += "subprocess.Popen(['cat'], stdin=0, stdout=subprocess.DEVNULL, pass_fds=(lock.fileno(),))"
    lock = str(tmp_path / warm.LOCK)
    with subprocess.Popen([sys.executable, "-c", ended, lock], stdin=subprocess.PIPE) as server:
        server.wait()
        warmth = Warmth(tmp_path)
        warmth.begin()
        assert not warmth.ready
        stamp.touch()
        assert server.stdin is not None
        server.stdin.close()  # what the server had begun ends
        warmth.wait()
    assert started == [0]


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
    assert stamps(tmp_path) == []


def test_a_question_that_only_waited_for_the_compiler_is_not_called_too_long(
    shop: Shop, admin: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = {"series": [{"step": {"any_of": [{"event": "*"}]}}]}
    monkeypatch.setattr(shop.installation.queries, "_timeout", 0.01)
    monkeypatch.setattr(shop.installation.warmth, "_ready", threading.Event())
    reply = admin.post("/api/v1/projects/shop-a/analyses/trends", json=question)
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "engine_compiling")
