"""A disk that fills up under load: senders are told to wait, nothing is lost, and it goes on when there is room."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.crash.load import Load, native
from tests.crash.servers import Place

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.geteuid() != 0 or not shutil.which("mount"), reason="only root may mount a small disk"
    ),
]


@contextmanager
def small_disk(folder: Path, mib: int) -> Iterator[None]:
    """Mount a disk of its own at a folder."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(path: Path) -> None:
    """Take every byte there is."""
    with path.open("wb", buffering=0) as file:
        for size in (2**20, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def test_a_full_disk_refuses_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with small_disk(home, 96):
        place = Place(home)
        place.start()
        place.set_up()
        load = Load(place.key, seed=random.randrange(2**32))
        try:
            with load.on(place.url) as ledger:
                load.more(400)
                fill(home / "filler")
                load.until(lambda ledger: ledger.refused[503, "disk_full"] >= 20)
                path, headers, body = native(place.key, [10**9])
                reply = httpx.post(place.url + path, headers=headers, json=body, trust_env=False)
                assert reply.status_code == 503
                assert int(reply.headers["retry-after"]) >= 5
                assert {"disk", f"store of {place.project}"} <= place.health().keys()
                (home / "filler").unlink()
                load.more(400)
                fill(home / "filler")
                load.until(lambda ledger: ledger.refused[503, "disk_full"] >= 40)
                place.kill()
                (home / "filler").unlink()
                place.start()
                load.urls = (place.url,)
                load.more(400)
            assert all(status == 503 for status, _ in ledger.refused), ledger.refused
            ledger.judge(place.counts())
            assert not list((home / "projects").rglob("*.part"))
        finally:
            place.kill()
