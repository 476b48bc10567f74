from __future__ import annotations

from collections import Counter, defaultdict

from tests.unit.demo.conftest import UNTIL, Made
from tidewheel.core.events import Event
from tidewheel.demo.clicks import ELEMENTS, PAGES


def test_taps_and_views_are_counted_in_the_truth(made: Made) -> None:
    taps = Counter((event.properties["page"], event.properties["element"]) for event in made.named("click"))
    truth = made.truth["clicks"]["elements"]
    assert {(row["page"], row["element"]): row["clicks"] for row in truth if row["clicks"]} == taps
    views = Counter(
        event.properties["page"] for event in made.named("page_view") if "session_id" in event.properties
    )
    assert made.truth["pages"] == {page: views[page] for page in PAGES}
    assert min(taps[PAGES[one.page], one.path] for one in ELEMENTS) > 10


def test_dead_taps_bring_about_nothing_and_the_others_something(made: Made) -> None:
    visits: dict[float, list[Event]] = defaultdict(list)
    for event in made.events:
        if "session_id" in event.properties:
            visits[event.properties["session_id"]].append(event)
    dead: Counter[str] = Counter()
    for events in visits.values():
        for tap in events:
            if tap.name == "click" and tap.time < UNTIL - 3_000:
                answered = any(e.name != "click" and 0 <= e.time - tap.time <= 3_000 for e in events)
                dead[tap.properties["element"]] += not answered
    for row in made.truth["clicks"]["elements"]:
        assert abs(dead[row["element"]] - row["dead_clicks"]) <= 2, row


def test_places_are_shares_of_the_page(made: Made) -> None:
    for event in made.named("click"):
        said = event.properties
        assert 0 <= said["x"] <= 1
        assert 0 <= said["y"] <= 1
        assert said["viewport_width"] >= 360
        assert {"page", "element", "element_text", "element_kind", "viewport_height"} <= set(said)
