"""A web process, an object store and workers on machines of their own: the day of ``play``, judged.

The machines are network namespaces where this machine allows them, else processes of it; which, stands
in the names of the tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.hosts import QUIET, namespaces, namespaces_work, processes

pytestmark = pytest.mark.slow
PLACES = {"namespaces": namespaces, "processes": processes}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", params=["namespaces" if namespaces_work() else "processes"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Play the day once; return what it told."""
    with PLACES[request.param](4) as hosts:
        machines = json.dumps([[host.name, host.address, list(host.inside)] for host in hosts])
        done = subprocess.run(
            [*hosts[0].inside, sys.executable, "-m", "tests.cluster.play", machines],
            cwd=ROOT,
            env={**os.environ, **QUIET},
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith("TOLD ")]
    assert lines, done.stdout[-2000:] + done.stderr[-6000:]
    found: dict[str, Any] = json.loads(lines[0].removeprefix("TOLD "))
    return found


def test_every_sample_of_every_analysis_is_answered_alike(told: dict[str, Any]) -> None:
    assert told["alike"] == []
    assert told["people"] == []


def test_facts_that_are_not_in_the_lake_yet_are_part_of_the_answer(told: dict[str, Any]) -> None:
    waiting, differing = told["tail"]
    assert waiting > 100
    assert differing == []
    assert told["drained"] == [0, []]


def test_a_question_is_given_up_when_its_asker_does(told: dict[str, Any]) -> None:
    assert told["cancelled"] == ["cancelled", "early"]


def test_mistakes_are_told_as_they_are_here(told: dict[str, Any]) -> None:
    assert told["mistake"] == ["bad_pattern", "filters.value"]


def test_a_worker_killed_in_the_middle_is_replaced_and_the_answer_is_right(told: dict[str, Any]) -> None:
    assert told["killed"] is True


def test_a_machine_that_joins_takes_its_share_and_moves_nothing_else(told: dict[str, Any]) -> None:
    shards, moved, all_to_the_new = told["moved"]
    assert told["joined"] == []
    assert shards == 64
    assert 0 < moved < shards * 0.6
    assert all_to_the_new


def test_a_machine_cut_off_leaves_its_shards_to_the_others(told: dict[str, Any]) -> None:
    assert told["cut"] == []
    assert told["left"] == 2
