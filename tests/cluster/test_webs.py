"""Two real web processes on one lake, catalog and cluster, behind a round robin: what ``webs`` tells, judged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.hosts import QUIET, namespaces, namespaces_work, processes

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.s3]
PLACES = {"namespaces": namespaces, "processes": processes}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", params=["namespaces" if namespaces_work() else "processes"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Run it once; return what it told."""
    with PLACES[request.param](3) as hosts:
        machines = json.dumps([[host.name, host.address, list(host.inside)] for host in hosts])
        done = subprocess.run(
            [*hosts[0].inside, sys.executable, "-m", "tests.cluster.webs", machines],
            cwd=ROOT,
            env={**os.environ, **QUIET, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=1800,
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith("TOLD ")]
    assert lines, done.stdout[-2000:] + done.stderr[-20_000:]
    found: dict[str, Any] = json.loads(lines[0].removeprefix("TOLD "))
    print(json.dumps(found))  # noqa: T201 - the measured times, for whoever runs it with -s
    return found


def test_both_answer_every_kind_as_one_machine_does(told: dict[str, Any]) -> None:
    assert told["first"][0] > 1000
    assert told["kinds"] >= 16
    assert told["alike"] == []


def test_an_event_of_one_is_in_answers_of_the_other_within_seconds(told: dict[str, Any]) -> None:
    # a drain (2 s) and a look (1 s), and a busy machine's time to answer
    assert max(told["freshness"]) < 30, told["freshness"]
    assert told["markers"] == [1] * 8


def test_one_killed_under_load_loses_and_doubles_nothing(told: dict[str, Any]) -> None:
    assert told["sent"] > 0
    assert told["ticks"] == [told["sent"]] * 2
