from __future__ import annotations

import pyarrow as pa

from tests.unit.store.builders import event
from tidewheel.store.links import links_of
from tidewheel.store.order import earliest_links, sorted_events
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
