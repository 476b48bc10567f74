from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from tests.unit.store.builders import NOVEMBER, event
from tidewheel.store.order import join
from tidewheel.store.rows import BASE, to_events, to_table

NOON = datetime(2026, 11, 21, 12, 0, 0, 5000, tzinfo=UTC)


def test_five_kinds_become_five_columns() -> None:
    table = to_table(
        [
            event(
                1, properties={"city": "杭州", "value": 29950, "new": True, "at": NOON, "tags": ["a", "b"]}
            ),
            event(2, properties={"value": 0.5, "new": False, "tags": []}),
        ]
    )
    assert table.schema.names == [*BASE.names, "b_new", "l_tags", "n_value", "s_city", "t_at"]
    assert table["s_city"].to_pylist() == ["杭州", None]
    assert table["n_value"].to_pylist() == [29950.0, 0.5]
    assert table["b_new"].to_pylist() == [True, False]
    assert table["t_at"].to_pylist() == [NOON, None]
    assert table["l_tags"].to_pylist() == [["a", "b"], []]
    assert table.schema.field("t_at").type == pa.timestamp("ms", tz="UTC")


def test_base_columns() -> None:
    table = to_table([event(1, actor="user:u", id=2**64 - 1, name="purchase", received=NOVEMBER)])
    assert table.schema.equals(BASE)
    assert table["id"].to_pylist() == [-1]
    assert table["actor"].to_pylist() == ["user:u"]
    assert table["received"].cast(pa.int64()).to_pylist() == [NOVEMBER]


def test_conflicting_kinds_stand_side_by_side() -> None:
    table = to_table([event(1, properties={"size": 38}), event(2, properties={"size": "M"})])
    assert table["n_size"].to_pylist() == [38.0, None]
    assert table["s_size"].to_pylist() == [None, "M"]


@pytest.mark.parametrize(
    "name", ["", "a b", "a.b", "50%", "x=y;z", "Ünï", "日期", 'q"`\\', "(a,b)\n\t{}", "\x00\x1f"]
)
def test_names_with_odd_signs_come_back(name: str) -> None:
    events = [event(1, properties={name: 1.0}, items=[{name: "x"}])]
    table = to_table(events)
    assert not set(" ,;{}()\n\t=.") & set("".join(table.schema.names))
    assert to_events(table) == events


def test_item_columns_have_equal_lengths_within_a_row() -> None:
    table = to_table(
        [
            event(1, items=[{"item_id": "A", "price": 9900}, {"item_id": "B"}]),
            event(2),
            event(3, items=[{"price": 1.5}]),
        ]
    )
    assert table["is_item_id"].to_pylist() == [["A", "B"], None, [None]]
    assert table["in_price"].to_pylist() == [[9900.0, None], None, [1.5]]


def test_joining_keeps_item_columns_of_equal_length() -> None:
    first = to_table([event(1, items=[{"item_id": "A"}, {"item_id": "B"}]), event(2)])
    second = to_table([event(3, items=[{"price": 1}])])
    table = join([first, second, to_table([event(4, properties={"x": "y"})])])
    assert table["is_item_id"].to_pylist() == [["A", "B"], None, [None], None]
    assert table["in_price"].to_pylist() == [[None, None], None, [1.0], None]
    assert table["s_x"].to_pylist() == [None, None, None, "y"]


class Shop(StrEnum):
    ONLINE = "online"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Shop.ONLINE, "online"),
        (np.float64(2.5), 2.5),
        (np.bool_(True), True),
        (2**60, float(2**60)),
        (Decimal("1.50"), "1.50"),
        ({"a": 1}, '{"a":1}'),
        (("x", "y"), ["x", "y"]),
        (["x", None, 3], ["x", "3"]),
        ("half \ud83d", "half ?"),
        (
            datetime(2026, 11, 21, 20, tzinfo=timezone(timedelta(hours=8))),
            datetime(2026, 11, 21, 12, tzinfo=UTC),
        ),
        (datetime(2026, 11, 21, 12), datetime(2026, 11, 21, 12, tzinfo=UTC)),  # noqa: DTZ001 - taken as UTC
    ],
)
def test_other_values_are_kept_as_the_nearest_kind(value: Any, kept: Any) -> None:
    (back,) = to_events(to_table([event(1, properties={"x": value})]))
    assert back.properties == {"x": kept}


def test_missing_values_take_no_column() -> None:
    assert to_table([event(1, properties={"x": None})]).schema.names == BASE.names


def test_events_come_back() -> None:
    events = [
        event(1, properties={"a": "x", "n": 1.0, "l": ["p"]}, items=[{"item_id": "A", "price": 2.0}, {}]),
        event(2, actor="user:u", id=2**63 + 1),
    ]
    assert to_events(to_table(events)) == events


def test_identifiers_besides_the_actor_are_not_in_the_rows() -> None:
    (back,) = to_events(to_table([event(1, others=["user:u"])]))
    assert back == msgspec.structs.replace(event(1, others=["user:u"]), others=[])


def test_no_events_make_an_empty_table() -> None:
    table = to_table([])
    assert table.schema.equals(BASE)
    assert to_events(table) == []
