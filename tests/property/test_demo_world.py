"""Laws that hold in every world, whatever its size, length, seed and hour."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tidewheel.core.period import DAY
from tidewheel.demo import World

NOW = 1_795_300_000_000


@settings(max_examples=10, deadline=None)
@given(
    people=st.integers(1, 600),
    days=st.integers(1, 45),
    seed=st.integers(0, 2**31),
    until=st.integers(NOW - 400 * DAY, NOW + 400 * DAY),
)
def test_every_world_is_sound(people: int, days: int, seed: int, until: int) -> None:
    made = World(people, days, seed, until)
    events = {event.id: event for batch in made.events() for event in batch}
    names = Counter(event.name for event in events.values())
    for event in events.values():
        assert made.brand.seasons.starts[0] - DAY <= event.time < until
        assert event.received <= until
        if event.name == "purchase":
            total = sum(item["price"] * item["quantity"] for item in event.items)
            assert total == event.properties["value"] + event.properties["discount"]
    assert names["coupon_redeem"] <= names["coupon_claim"] <= names["coupon_issue"]
    truth = made.truth()
    assert truth["orders"]["orders"] == names["purchase"]
    assert truth["orders"]["refunded_value"] <= truth["orders"]["value"]
    assert truth["identity"]["people"] <= people
    assert truth["identity"]["persons_after_links"] >= truth["identity"]["people"]
    assert sum(part.events.num_rows for part in made.tables()) == len(events)
