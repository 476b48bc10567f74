"""kill -9 of the whole server under load: what was answered with 200 is there once after the restart."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from tests.e2e.server import COMMAND_LINE, READY, ROOT
from tests.unit.store.builders import settings
from tidewheel.core.ids import key64
from tidewheel.store.storehouse import Storehouse

KILLS = 10
BATCH = 20
START = 1_790_000_000_000


def environment(home: Path, drain_seconds: str = "0.3") -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "TIDEWHEEL_HOME": str(home),
        "TIDEWHEEL_DRAIN_SECONDS": drain_seconds,
        "TIDEWHEEL_LOG_LEVEL": "error",
        "LANG": "C.UTF-8",
    }


def command(home: Path, *words: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND_LINE, *words, "--json"],
        env=environment(home), capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return json.loads(done.stdout)


def start(home: Path, drain_seconds: str = "0.3") -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND_LINE, "serve", "--port", "0"],
        env=environment(home, drain_seconds), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        found = READY.search(line)
        if found:
            return process, found[1]
    raise AssertionError("the server did not start")


def body(number: int) -> dict[str, Any]:
    return {
        "events": [
            {
                "event": "page_view",
                "id": f"{number}-{place}",
                "time": START + number,
                "who": {"device": f"d{place}"},
            }
            for place in range(BATCH)
        ]
    }


def test_a_server_asked_to_stop_puts_everything_into_the_lake(tmp_path: Path) -> None:
    home = tmp_path / "home"
    project = command(home, "project", "add", "Shop")["id"]
    key = command(home, "source", "add", "Web", "--project", project)["write_key"]
    process, url = start(home, drain_seconds="3600")
    try:
        reply = httpx.post(f"{url}/v1/events", json=body(0), headers={"X-Write-Key": key}, trust_env=False)
        assert reply.status_code == 200, reply.text
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()
    assert not (home / "server.json").exists()
    with Storehouse.open(home, settings(home)) as house:
        store = house.project(project)
        assert store.tail_rows == 0
        assert store.snapshot().rows == BATCH


@pytest.mark.slow
def test_a_killed_server_loses_and_doubles_nothing_it_answered_for(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)  # noqa: T201 - a failure shows it
    chance = random.Random(seed)
    home = tmp_path / "home"
    project = command(home, "project", "add", "Shop")["id"]
    key = command(home, "source", "add", "Web", "--project", project)["write_key"]
    answered: list[int] = []
    number = 0
    for _ in range(KILLS):
        process, url = start(home)
        try:
            deadly = threading.Timer(chance.uniform(0.2, 1.5), process.send_signal, (signal.SIGKILL,))
            with httpx.Client(
                base_url=url, headers={"X-Write-Key": key}, timeout=30, trust_env=False
            ) as client:
                while True:
                    try:
                        # a batch nobody answered for is sent again: the sender cannot know
                        reply = client.post("/v1/events", json=body(number))
                    except httpx.HTTPError:
                        break
                    assert reply.status_code == 200, reply.text
                    answered.append(number)
                    number += 1
                    if (
                        deadly.ident is None
                    ):  # its life is counted from the first answer, however slow the machine
                        deadly.start()
        finally:
            process.kill()
            process.wait(30)
            if process.stdout is not None:
                process.stdout.close()
    with Storehouse.open(home, settings(home)) as house:
        store = house.project(project)
        store.flush()
        shown = np.concatenate([loaded.segment.id for loaded in store.snapshot().segments])
    counts = Counter(shown.tolist())
    promised = {
        key64(f"device:d{place}", str(START + sent), f"{sent}-{place}")
        for sent in answered
        for place in range(BATCH)
    }
    assert len(answered) > KILLS
    assert max(counts.values()) == 1
    assert promised <= counts.keys()
    assert len(counts) in (
        len(promised),
        len(promised) + BATCH,
    )  # the last one may have come without an answer
