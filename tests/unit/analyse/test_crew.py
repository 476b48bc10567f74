"""Workers of a cluster: the slow are waited for, the failed are tried again, and later each time."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from tidewheel.analyse.executor import Watch
from tidewheel.analyse.executors import ray as executor
from tidewheel.core.errors import Unavailable


class Clock:
    """Time that passes while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Failure(Exception):
    pass


class FakeRay:
    """As much of Ray as a crew uses. ``start`` says after how many seconds a node's worker is ready; below 0 it fails."""

    def __init__(self, clock: Clock, start: dict[str, float]) -> None:
        self.clock, self.start = clock, start
        self.started: list[tuple[str, float]] = []
        self.exceptions = SimpleNamespace(RayError=Failure)
        affinity = lambda node_id, soft: node_id  # noqa: E731
        self.util = SimpleNamespace(
            scheduling_strategies=SimpleNamespace(NodeAffinitySchedulingStrategy=affinity)
        )

    def nodes(self) -> list[dict[str, Any]]:
        return [{"NodeID": node, "Alive": True, "Resources": {"CPU": 1}} for node in self.start]

    def remote(self, _actor: Any) -> Any:
        def options(scheduling_strategy: str, **_: Any) -> Any:
            def begin() -> Any:
                self.started.append((scheduling_strategy, self.clock.now))
                ready = (scheduling_strategy, self.clock.now + abs(self.start[scheduling_strategy]))
                return SimpleNamespace(process=SimpleNamespace(remote=lambda: ready))

            return SimpleNamespace(remote=begin)

        return SimpleNamespace(options=options)

    def wait(self, references: list[Any], timeout: float) -> tuple[list[Any], list[Any]]:
        self.clock.now += timeout
        return [one for one in references if one[1] <= self.clock.now], []

    def get(self, reference: Any) -> int:
        if self.start[reference[0]] < 0:
            raise Failure
        return 1

    def kill(self, _handle: Any) -> None:
        pass


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(executor, "time", found)
    return found


def test_a_slow_worker_is_started_once_and_joins_when_it_is_ready(clock: Clock) -> None:
    ray = FakeRay(clock, {"quick": 1.0, "slow": 1000.0})
    crew = executor.Crew(ray)
    assert set(crew.present(Watch())) == {"quick"}
    for _ in range(2000):
        clock.now += 1
        present = set(crew.present(Watch()))
    assert present == {"quick", "slow"}
    assert sorted(node for node, _ in ray.started) == ["quick", "slow"]


def test_a_question_gives_up_without_giving_the_workers_up(clock: Clock) -> None:
    ray = FakeRay(clock, {"slow": 500.0})
    crew = executor.Crew(ray)
    with pytest.raises(Unavailable) as caught:
        crew.present(Watch())
    assert caught.value.code == "no_workers"
    clock.now += 500
    assert set(crew.present(Watch())) == {"slow"}
    assert len(ray.started) == 1


def test_a_node_whose_worker_fails_is_left_alone_longer_each_time(clock: Clock) -> None:
    ray = FakeRay(clock, {"good": 0.0, "bad": -0.1})
    crew = executor.Crew(ray)
    for _ in range(6000):
        clock.now += 0.1
        assert set(crew.present(Watch())) <= {"good"}
    tries = [moment for node, moment in ray.started if node == "bad"]
    gaps = [after - before for before, after in itertools.pairwise(tries)]
    assert 2 <= gaps[0] < 7
    assert all(later >= earlier - 3 for earlier, later in itertools.pairwise(gaps))
    assert 60 <= gaps[-1] < 66
    ray.start["bad"] = 0.1
    for _ in range(700):
        clock.now += 0.1
        present = set(crew.present(Watch()))
    assert present == {"good", "bad"}


def test_the_rest_answer_for_a_replacement_that_is_slow(clock: Clock) -> None:
    ray = FakeRay(clock, {"one": 0.0, "two": 0.0})
    crew = executor.Crew(ray)
    members = crew.present(Watch())
    ray.start["two"] = 10_000.0
    crew.lost(members["two"], Watch())
    assert set(crew.present(Watch())) == {"one"}
    assert clock.now < 1000 + executor.PATIENCE + 5
