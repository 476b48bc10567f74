"""A heat map worked out by hand."""

from __future__ import annotations

from typing import Any

from tests.oracle.worlds import blocks
from tidewheel.analyse.contract import Context, Labels
from tidewheel.analyse.kinds.heatmap import Heatmap, HeatmapGroup, HeatmapParams
from tidewheel.analyse.oracle import Happening, World
from tidewheel.core.period import HOUR, Calendar, Dates

HEATMAP = Heatmap()
SPAN = Calendar().span(Dates.model_validate({"from": "2026-11-01", "to": "2026-11-01"}), 0)
NAMES = (Labels((("home", "pay"),), (1,)), Labels((("a", "b"),), (1,)), Labels((("Buy", "Go"),), (1,)))
CONTEXT = Context(Calendar(), SPAN, now=SPAN.end, names=NAMES)
CLICK, VIEW, OTHER = 1, 6, 4
A, B = 1, 2


def rows(*told: tuple[float, int, int, float]) -> list[Happening]:
    """Make a person's rows on the first page from (second, bits, element, place)."""
    start = SPAN.start + HOUR
    return [
        Happening(start + round(at * 1000), bits, 0, -1, (x, x), 0, names=(1, element, element))
        for at, bits, element, x in told
    ]


PEOPLE = {
    1: rows((0, VIEW, 0, 0), (1, CLICK, A, 0.1), (1.5, CLICK, A, 0.1), (3, CLICK, A, 0.3), (3, OTHER, 0, 0)),
    2: rows((0, CLICK, B, 1.0), (4, OTHER, 0, 0), (10, CLICK, B, 1.5)),
    3: rows((0, VIEW, 0, 0)),
}


def ask(
    people: dict[int, list[Happening]] = PEOPLE, context: Context = CONTEXT, **options: Any
) -> HeatmapGroup:
    """Answer a question over the three."""
    params = HeatmapParams.model_validate({"columns": 4, "rows": 4, **options})
    block = blocks(World(people, grouped=False, names=3, values=2))
    return HEATMAP.shape(params, context, HEATMAP.partial(params, context, block)).groups[0]


def test_elements_and_places() -> None:
    found = ask()
    assert (found.clicks, found.people, found.seen, found.placed) == (5, 2, 3, 4)
    a, b = found.elements
    assert (a.element, a.text, a.clicks, a.people, a.share, a.rate) == (["a"], "Buy", 3, 1, 3 / 5, 1 / 3)
    assert a.x is not None
    assert abs(a.x - 0.5 / 3) < 1e-9
    assert b.x == 1.0
    assert [(one.column, one.row, one.clicks) for one in found.grid] == [(0, 0, 2), (1, 1, 1), (3, 3, 1)]


def test_an_answer_in_time_keeps_a_click_alive() -> None:
    a, b = ask().elements
    assert (a.dead_clicks, b.dead_clicks) == (0, 2), (
        "the answer of the very moment counts, that after 4 s does not"
    )
    assert ask(dead_seconds=4).elements[1].dead_clicks == 1
    late = Context(Calendar(), SPAN, now=SPAN.start + HOUR + 12_000, names=NAMES)
    assert ask(context=late).elements[1].dead_clicks == 1, "nobody knows yet of the last one"


def test_three_clicks_in_two_seconds_are_anger() -> None:
    assert [one.rage_clicks for one in ask().elements] == [3, 0]
    assert [one.rage_clicks for one in ask(rage_seconds=1).elements] == [0, 0]
    assert [one.rage_clicks for one in ask(rage_seconds=1, rage_clicks=2).elements] == [2, 0]


def test_another_page() -> None:
    nothing = ask(page="pay")
    assert (nothing.clicks, nothing.seen, nothing.elements, nothing.grid) == (0, 0, [], [])
    assert ask(page="home").clicks == 5
    assert ask({}).clicks == 0
