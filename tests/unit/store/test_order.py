from __future__ import annotations

import random
from typing import Any

import pyarrow as pa

from tests.unit.store.builders import NOVEMBER, event
from tidewheel.store.link_maker import links_of
from tidewheel.store.links import earliest_links
from tidewheel.store.order import sorted_events
from tidewheel.store.rows import to_table


def test_rows_are_ordered_by_actor_time_and_unsigned_id() -> None:
    table = sorted_events(
        to_table(
            [
                event(1, actor="user:b"),
                event(2, actor="user:a", id=2**63 + 5),
                event(2, actor="user:a", id=7),
                event(1, actor="user:a", id=9),
                event(0, actor="device:é", id=3),
                event(0, actor="device:z", id=4),
            ]
        )
    )
    assert table["actor"].to_pylist() == ["device:z", "device:é", "user:a", "user:a", "user:a", "user:b"]
    assert table["id"].to_pylist() == [4, 3, 9, 7, 5 - 2**63, 1]


def test_the_earliest_link_of_a_pair_stays() -> None:
    first = links_of([event(5, others=["user:u"]), event(4, others=["user:v"])])
    second = links_of([event(3, others=["user:u"]), event(4, id=1, others=["user:v"])])
    table = earliest_links(pa.concat_tables([first, second]))
    assert list(zip(table["b"].to_pylist(), table["id"].to_pylist(), strict=True)) == [
        ("user:u", 3),
        ("user:v", 1),
    ]


def test_nothing_stays_nothing() -> None:
    assert earliest_links(links_of([])).num_rows == 0
    assert sorted_events(to_table([])).num_rows == 0


def test_what_any_moment_would_call_the_earliest_stays() -> None:
    """For every moment, of the facts asserted by then, the earliest of each pair is among those that stay."""
    rng = random.Random(5)
    events = [
        event(
            number,
            time=NOVEMBER + rng.randrange(30),
            others=[f"user:{rng.randrange(3)}"],
            received=NOVEMBER + rng.randrange(30),
        )
        for number in range(120)
    ]
    every = pa.concat_tables([links_of([one]) for one in events])
    kept = earliest_links(every)
    assert kept.num_rows < 40
    for moment in range(31):
        assert earliest_at(kept, moment) == earliest_at(every, moment)
    assert earliest_links(pa.concat_tables([kept, every])).equals(kept)


def earliest_at(table: pa.Table, moment: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in table.to_pylist():
        if row["received"].timestamp() * 1000 <= NOVEMBER + moment:
            place = (row["time"], row["id"])
            found[row["b"]] = min(found.get(row["b"], place), place)
    return found


def test_every_decision_stays_once() -> None:
    made = links_of([event(1, others=["user:u"])])
    decided = [
        made.set_column(5, "rule", pa.array([rule])).set_column(3, "id", pa.array([number]))
        for number, rule in enumerate(["manual", "undone", "manual", "undone"])
    ]
    table = earliest_links(pa.concat_tables([made, *decided, *decided]))
    assert sorted(table["rule"].to_pylist()) == ["manual", "manual", "same_event", "undone", "undone"]
