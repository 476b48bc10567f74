"""A scratch folder goes with its process; what a killed one left is cleared by the next."""

from __future__ import annotations

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path

from tidewheel.store.scratch import Scratch

processes = multiprocessing.get_context("forkserver")


def hold(place: Path, said: Connection) -> None:
    made = Scratch("w-", place)
    (made.folder / "columns").write_text("much")
    said.send(str(made.folder))
    said.recv()


def test_one_is_deleted_when_it_is_closed(tmp_path: Path) -> None:
    made = Scratch("w-", tmp_path)
    assert made.folder.is_dir()
    made.close()
    assert list(tmp_path.iterdir()) == []


def test_those_of_the_living_stay_and_those_of_the_dead_go(tmp_path: Path) -> None:
    here, there = processes.Pipe()
    process = processes.Process(target=hold, args=(tmp_path, there))
    process.start()
    first = Path(here.recv())
    second = Scratch("w-", tmp_path)
    assert {first, second.folder} == set(tmp_path.iterdir())
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    third = Scratch("w-", tmp_path)
    assert set(tmp_path.iterdir()) == {second.folder, third.folder}
    for one in (second, third):
        one.close()
    here.close()
    there.close()
