"""What is asked on and on takes no more memory than it may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.contract.shop import asking, shop
from tidewheel.analyse.run import ask
from tidewheel.core.period import MINUTE
from tidewheel.identify.resolve import MOMENTS, as_of, resolve
from tidewheel.store.lately import MOST, ROOM, Lately
from tidewheel.store.view import Snapshot


@dataclass(frozen=True)
class Fixed:
    """A store whose snapshot is its own: other tests keep theirs."""

    held: Snapshot

    def snapshot(self) -> Snapshot:
        return self.held


def fixed(lately: Lately) -> Fixed:
    found = shop().snapshot().apart()
    object.__setattr__(found, "lately", lately)
    return Fixed(found)


def test_the_least_lately_asked_goes_first() -> None:
    held = Lately(most=2)
    held.keep("a", 1, 0)
    held.keep("b", 2, 0)
    assert held.get("a") == 1
    held.keep("c", 3, 0)
    assert (held.get("a"), held.get("b"), held.get("c"), len(held)) == (1, None, 3, 2)


def test_bytes_are_bounded_and_the_newest_stays() -> None:
    held = Lately(room=100)
    for number in range(50):
        held.keep(number, number, 30)
    assert (len(held), held.bytes) == (3, 90)
    held.keep("large", "whole", 1_000)
    assert (len(held), held.bytes, held.get("large")) == (1, 1_000, "whole")
    held.keep("small", "next", 1)
    assert (len(held), held.bytes, held.get("small")) == (1, 1, "next")


def test_the_first_of_two_stays() -> None:
    held = Lately()
    assert held.keep("a", "one", 5) == "one"
    assert held.keep("a", "other", 5) == "one"
    assert held.bytes == 5
    held.clear()
    assert (len(held), held.bytes, held.get("a")) == (0, 0, None)


def trends(number: int) -> dict[str, Any]:
    condition = {"property": "channel", "op": "is_not", "value": f"x{number}"}
    person = {"property": "city", "op": "is_not", "value": f"x{number}", "scope": "person"}
    step = {"any_of": [{"event": "page_view", "filters": [condition]}]}
    return {"series": [{"step": step}], "people": {"filters": [person]}, "period": {"last": 2}}


def test_many_questions_of_one_snapshot_take_bounded_memory() -> None:
    store = fixed(Lately(most=8, room=1 << 20))
    first = ask(store, "trends", trends(0), asking())
    assert ask(store, "trends", trends(0), asking()) is first, "an answer is kept while it is new"
    before = len(store.held.memo)
    for number in range(1, 30):
        ask(store, "trends", trends(number), asking())
    assert len(store.held.lately) == 8
    assert 0 < store.held.lately.bytes <= 1 << 20
    assert len(store.held.memo) == before, "nothing else grows with what is asked"
    again = ask(store, "trends", trends(0), asking())
    assert again is not first
    assert again.model_dump_json() == first.model_dump_json()


def test_a_board_looked_at_minute_by_minute_takes_bounded_memory() -> None:
    store = fixed(Lately(most=4))
    before = asking()
    for minute in range(12):
        ask(store, "trends", trends(0), asking(now=before.now + minute * MINUTE))
    assert len(store.held.lately) == 4


def test_a_large_answer_counts_as_large() -> None:
    store = fixed(Lately())
    small = ask(store, "trends", trends(0), asking())
    told = store.held.lately.bytes
    assert len(small.model_dump_json()) * 5 < told < ROOM
    assert MOST > 1


def test_people_of_few_past_moments_are_kept() -> None:
    snapshot = shop().snapshot().apart()
    found = {moment: as_of(snapshot, moment) for moment in range(10)}
    for one in found.values():
        resolve(one)
    assert as_of(snapshot, 9) is found[9]
    kept = snapshot.memo["moments"]
    assert len(kept) == MOMENTS
    assert as_of(snapshot, 0) is not found[0]
