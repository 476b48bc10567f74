"""People as a person sees them, worked out by hand."""

from __future__ import annotations

import pytest

from tests.facts import DAY, START, Fact, view
from tidewheel.core.errors import NotFound
from tidewheel.identify.people import find, get, timeline
from tidewheel.store.view import Snapshot


def shop() -> Snapshot:
    facts = [
        Fact("page_view", START, "device:d1", 1, {"page": "home"}),
        Fact("purchase", START + DAY, "user:ann", 2, {"order_id": "SO1", "value": 29_900}, [{"item_id": "x", "price": 29_900, "quantity": 1}]),
        Fact("refund", START + 2 * DAY, "user:ann", 3, {"order_id": "SO1", "refund_value": 9_900}),
        Fact("$set", START + DAY, "user:ann", 4, {"name": "安 Ann", "city": "上海", "age": 30, "tags": ["vip"]}),
        Fact("$append", START + 2 * DAY, "user:ann", 5, {"tags": ["vip", "skin"]}),
        Fact("$add", START + 2 * DAY, "user:ann", 6, {"age": 1}),
        Fact("$set_once", START + 3 * DAY, "user:ann", 7, {"city": "杭州", "gender": "f"}),
        Fact("$unset", START + 4 * DAY, "user:ann", 8, {"gender": True}),
        Fact("page_view", START + 3 * DAY, "device:d2", 9),
    ]  # fmt: skip
    return view([facts[:4], facts[4:]], [("user:ann", "device:d1", START + DAY)]).snapshot()


def test_a_person_is_all_their_identifiers_with_refunds_taken_off() -> None:
    ann = get(shop(), "device:d1")
    assert (ann.name, ann.city, ann.events, ann.orders, ann.revenue) == ("安 Ann", "上海", 3, 1, 20_000)
    assert sorted(f"{one.type}:{one.value}" for one in ann.details) == ["device:d1", "user:ann"]
    assert {name: held.value for name, held in ann.properties.items()} == {
        "name": "安 Ann",
        "city": "上海",
        "age": 31,
        "tags": ["vip", "skin"],
    }
    assert get(shop(), ann.id).id == ann.id


@pytest.mark.parametrize(
    ("query", "total"), [("", 2), ("ANN", 1), ("d2", 1), ("安", 1), ("SO1", 1), ("SO", 0), ("nobody", 0)]
)
def test_people_are_found_by_identifier_name_and_order(query: str, total: int) -> None:
    assert find(shop(), query, 0, 10).total == total


def test_people_come_most_recently_seen_first() -> None:
    assert find(shop(), "", 0, 10).people[0].identifiers == ["device:d2"]


def test_the_timeline_goes_back_page_by_page() -> None:
    first = timeline(shop(), "user:ann", None, 2)
    assert [event.name for event in first.events] == ["refund", "purchase"]
    assert first.events[1].items == [{"item_id": "x", "price": 29_900, "quantity": 1}]
    then = timeline(shop(), "user:ann", first.next, 2)
    assert [(event.name, event.actor) for event in then.events] == [("page_view", "device:d1")]
    assert then.next is None


def test_a_stranger_is_not_found() -> None:
    with pytest.raises(NotFound):
        get(shop(), "user:nobody")
