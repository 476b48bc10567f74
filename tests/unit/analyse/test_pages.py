"""Pages and sources worked out by hand."""

from __future__ import annotations

from typing import Any

from tests.oracle.worlds import blocks
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.kinds.pages import Pages, PagesParams, PagesResult
from tidewheel.analyse.oracle import Happening, World
from tidewheel.core.period import MINUTE, Calendar, Dates

PAGES = Pages()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-01", "to": "2026-11-02"}), 0)
NAMES = Labels((("home", "item", "pay"),), (1,))
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end, names=(NAMES,))
EVENT, VIEW, GOAL = 1, 3, 5
HOME, ITEM, PAY = 1, 2, 3
GOALS = {"any_of": [{"event": "purchase"}]}


def person(*told: tuple[float, int, int]) -> list[Happening]:
    """Make a person's rows from (minute, bits, page); a goal is worth ten."""
    return [
        Happening(SPAN.start + round(at * MINUTE), bits, 0, -1, (10.0 if bits == GOAL else None,), 0, names=(page,))
        for at, bits, page in told
    ]  # fmt: skip


PEOPLE = {
    1: person((0, VIEW, HOME), (2, VIEW, ITEM), (5, GOAL, 0), (5.5, GOAL, 0), (100, VIEW, HOME)),
    2: person((-60, EVENT, 0), (10, EVENT, 0), (11, VIEW, ITEM), (12, VIEW, ITEM)),
    3: person((7, EVENT, 0), (8, GOAL, 0)),
}


def ask(**options: Any) -> PagesResult:
    """Answer a question over the three."""
    params = PagesParams.model_validate({"goal": GOALS, "value": "value", **options})
    block = blocks(World(PEOPLE, grouped=False, names=1))
    return PAGES.shape(params, CONTEXT, PAGES.partial(params, CONTEXT, block))


def test_visits_with_a_page_are_counted() -> None:
    (everyone,) = ask().sources
    assert (everyone.visits, everyone.people, everyone.views) == (3, 2, 5)
    assert everyone.new_people == 1, "the second was there before, the third saw no page"
    assert (everyone.bounces, everyone.bounce_rate) == (1, 1 / 3)
    assert (everyone.conversions, everyone.converted_people, everyone.value) == (1, 1, 20)


def test_entries_exits_and_time() -> None:
    home, item = sorted(ask().pages, key=lambda one: str(one.page))
    assert (home.views, home.entries, home.exits, home.bounces) == (2, 2, 1, 1)
    assert (home.seconds_mean, home.seconds_median) == (120, 120), "what nothing follows is not known"
    assert (item.views, item.people, item.entries, item.exits) == (3, 2, 1, 2)
    assert (item.seconds_mean, item.seconds_median) == ((210 + 60) / 2, 135)
    assert item.exit_rate == 2 / 3


def test_without_a_goal_there_is_no_conversion() -> None:
    (everyone,) = ask(goal=None).sources
    assert (everyone.conversions, everyone.conversion_rate, everyone.value) == (None, None, None)
    assert ask(value=None).sources[0].value is None


def test_a_page_nobody_saw() -> None:
    nobody = PAGES.shape(PagesParams(), CONTEXT, PAGES.empty(PagesParams(), CONTEXT))
    assert (nobody.sources[0].visits, nobody.sources[0].bounce_rate, nobody.pages) == (0, None, [])
