"""The clock a server goes by: leaps are believed once they have stood for a while, and small steps at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidewheel.core.clock import STEP_MS, SteadyClock

PATIENCE = 300_000
START = 1_795_300_000_000
YEARS = 3_653 * 86_400_000


class Machine:
    """A machine whose wall clock can be set."""

    def __init__(self) -> None:
        self.even, self.off = 5_000, 0
        self.leaps: list[int] = []
        self.clock = SteadyClock(
            PATIENCE,
            wall=lambda: START + self.even + self.off,
            even=lambda: self.even,
            believed=self.leaps.append,
        )

    def at(self, seconds: float = 0, *, off: int | None = None) -> int:
        """Let time pass and set the clock; returns by how much what the server believes is off then."""
        self.even += round(seconds * 1000)
        self.off = self.off if off is None else off
        return self.clock() - START - self.even


def test_a_leap_and_back_changes_nothing() -> None:
    machine = Machine()
    for off in (3_600_000, -86_400_000, YEARS, 0):
        assert [machine.at(seconds, off=off) for seconds in (1, 100, 198)] == [0, 0, 0]
        assert machine.clock.leap == off
    assert machine.leaps == []


def test_a_leap_that_stands_is_believed_once() -> None:
    machine = Machine()
    assert [machine.at(1, off=YEARS), machine.at(299), machine.at(1), machine.at(1000)] == [
        0,
        0,
        YEARS,
        YEARS,
    ]
    assert (machine.clock.leap, machine.leaps) == (0, [YEARS])
    assert [machine.at(1, off=0), machine.at(299.9), machine.at(0.1)] == [YEARS, YEARS, 0]
    assert machine.leaps == [YEARS, -YEARS]


def test_steps_up_to_a_minute_and_drift_are_followed() -> None:
    machine = Machine()
    for off in range(0, 10 * STEP_MS, STEP_MS):
        assert machine.at(1, off=off) == off
    assert machine.leaps == []


def test_a_leap_counts_anew_when_it_leaps_again() -> None:
    machine = Machine()
    assert [machine.at(0, off=YEARS), machine.at(299), machine.at(2, off=-YEARS), machine.at(299)] == [0] * 4
    assert machine.at(1) == -YEARS


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from([0, 59_000, 61_000, -3_600_000, YEARS]))))
def test_what_is_believed_is_what_the_wall_said_for_long_or_goes_on_evenly(
    steps: list[tuple[int, int]],
) -> None:
    machine = Machine()
    believed = 0
    for seconds, off in steps:
        found = machine.at(seconds, off=off)
        assert found in (believed, off)
        believed = found
    machine.at(0)
    assert machine.at(PATIENCE / 1000) == machine.off
    assert machine.at(0) == machine.off
