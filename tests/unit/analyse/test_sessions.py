"""Sessions worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.worlds import blocks
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.kinds.sessions import Sessions, SessionsParams, SessionsResult
from tidewheel.analyse.oracle import Happening, World
from tidewheel.core.errors import BadInput
from tidewheel.core.period import HOUR, MINUTE, Calendar, Dates

SESSIONS = Sessions()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-01", "to": "2026-11-02"}), 0)
CONTEXT = Context(Calendar(), SPAN, now=SPAN.start + 30 * HOUR, names=Labels((("home", "item"),), (1,)))
STEP = {"any_of": [{"event": "e"}]}


def person(*told: tuple[float, int, int]) -> list[Happening]:
    """Make a person's rows from (minute, bits, name)."""
    return [
        Happening(SPAN.start + round(at * MINUTE), bits, 0, -1, (None,), 0, name=name)
        for at, bits, name in told
    ]


PEOPLE = {
    1: person((0, 1, 1), (30, 1, 2), (60.01, 3, 2)),
    2: person((23 * 60 + 50, 1, 1), (24 * 60 + 10, 1, 1), (24 * 60 + 10.5, 3, 2)),
}


def ask(**options: Any) -> SessionsResult:
    """Answer a question over the two."""
    params = SessionsParams.model_validate(options)
    block = blocks(World(PEOPLE, grouped=False))
    return SESSIONS.shape(params, CONTEXT, SESSIONS.partial(params, CONTEXT, block))


def test_a_pause_as_long_as_the_timeout_is_the_same_session() -> None:
    total = ask().groups[0].total
    assert (total.sessions, total.people, total.bounces) == (3, 2, 1)
    assert total.duration_mean == (1800 + 0 + 1230) / 3
    assert total.duration_median == 1230
    assert total.depth_mean == 2


def test_cuts_and_midnight() -> None:
    assert ask(cut=STEP).groups[0].total.sessions == 4
    assert ask(new_day=True).groups[0].total.sessions == 4


def test_a_session_is_of_the_bucket_in_which_it_begins() -> None:
    found = ask(grain="day")
    assert [point.sessions for point in found.groups[0].points] == [3, 0]
    assert found.incomplete == [False, True]
    assert found.groups[0].points[1].bounce_rate is None


def test_entries_and_exits() -> None:
    ends = {str(end.node[0]): end for end in ask().ends}
    assert (ends["home"].entries, ends["home"].exits, ends["home"].exit_rate) == (2, 0, 0)
    assert (ends["item"].entries, ends["item"].exits, ends["item"].events) == (1, 3, 3)
    assert ends["item"].bounces == 1


def test_only_sessions_with_something() -> None:
    assert ask(contains=STEP).groups[0].total.sessions == 2


@pytest.mark.parametrize("bins", [[5, 3], [0, 1], [2, 2]])
def test_bins_must_ascend_from_above_zero(bins: list[int]) -> None:
    with pytest.raises(BadInput) as caught:
        SESSIONS.plan(SessionsParams.model_validate({"depth_bins": bins}), CONTEXT)
    assert caught.value.code == "bad_bins"
