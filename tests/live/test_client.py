"""The Python client and a real server: a process killed in the middle of sending loses and doubles nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.server import ROOT
from tests.live.conftest import Place
from tidewheel import Client

pytestmark = pytest.mark.slow

WORK = """
import sys
from tidewheel import Client
client = Client(sys.argv[1], sys.argv[2], spool=sys.argv[3], wait=0)
for number in range(100_000):
    client.track("step", {"n": number}, who={"user": "u1"})
    print(number, flush=True)
"""


def test_a_process_killed_while_sending(place: Callable[[], Place], tmp_path: Path) -> None:
    shop = place()
    url, key = shop.address.split("/in/")
    spool = tmp_path / "spool.db"
    recorded = -1
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(
        [sys.executable, "-c", WORK, url, key, str(spool)], stdout=subprocess.PIPE, text=True, env=env
    ) as process:
        assert process.stdout
        for line in process.stdout:
            recorded = int(line)
            if recorded >= 700:
                process.send_signal(signal.SIGKILL)
                break
        recorded = max([recorded, *(int(line) for line in process.stdout if line.strip().isdigit())])
    with Client(url, key, spool=spool) as client:
        assert client.flush(60)
        client.track("last", who={"user": "u1"})
        assert client.flush(60)
    found: list[list[int]] = []
    for _ in range(100):
        found = shop.rows(
            f"select count(*), count(distinct n), max(n) from events where source = '{shop.id}' and name = 'step'"
        )
        if found and found[0][0] > recorded:
            break
    count, distinct, last = found[0]
    assert count == distinct == last + 1
    assert last in {recorded, recorded + 1}  # the one that was kept but not yet told
    assert shop.rejected() == []
