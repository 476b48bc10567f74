from __future__ import annotations

import tracemalloc
from collections import Counter, defaultdict
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from tests.unit.demo.conftest import UNTIL, Made
from tidewheel.core.errors import BadInput
from tidewheel.core.events import Event, column_name, kind_of
from tidewheel.core.ids import IDENTIFIER_TYPES, rank, split_actor
from tidewheel.demo import World, world
from tidewheel.store.link_maker import links_of
from tidewheel.store.links import earliest_links
from tidewheel.store.rows import to_table

VOCABULARY = {
    "page_view", "click", "slot_view", "slot_click", "search", "view_item_list", "select_item", "view_item", "add_to_cart",
    "begin_checkout", "purchase", "refund", "share", "sign_up", "login", "coupon_issue", "coupon_claim",
    "coupon_redeem", "live_enter", "live_leave", "join_group", "add_contact", "follow", "post_view", "post_publish",
    "message_send", "message_open", "store_visit", "scan_item", "$set", "$set_once",
}  # fmt: skip


def whole(made: World) -> pa.Table:
    return pa.concat_tables([part.events for part in made.tables()], promote_options="default").sort_by("id")


def test_same_seed_same_world_and_another_seed_another_one() -> None:
    first, again, other = (World(500, 30, seed, UNTIL) for seed in (1, 1, 2))
    assert whole(first).equals(whole(again))
    assert first.truth() == again.truth()
    assert first.items().equals(again.items())
    assert first.costs().equals(again.costs())
    assert set(whole(first)["id"].to_pylist()).isdisjoint(whole(other)["id"].to_pylist())


def test_a_shard_depends_on_no_other_and_its_size_changes_nothing() -> None:
    large, small = World(1_500, 40, 5, UNTIL, shard=1_500), World(1_500, 40, 5, UNTIL, shard=500)
    alone = World(1_500, 40, 5, UNTIL, shard=500).table(500)
    assert alone.events.equals([*small.tables()][1].events)
    names = sorted(whole(large).column_names)
    assert whole(large).select(names).equals(whole(small).select(names))
    assert large.truth() == small.truth()


@pytest.mark.slow
def test_events_and_tables_are_the_same_facts(made: Made) -> None:
    tables = [*made.world.tables()]
    events = pa.concat_tables([part.events for part in tables], promote_options="default")
    rows: dict[int, Event] = {event.id: event for event in made.events}
    assert events.num_rows == len(rows)
    expected = [rows[number % 2**64] for number in events["id"].to_pylist()]
    for name in ("name", "actor", "source"):
        assert events[name].to_pylist() == [getattr(event, name) for event in expected]
    for name in ("time", "received"):
        assert events[name].cast(pa.int64()).to_pylist() == [getattr(event, name) for event in expected]
    properties: dict[str, dict[int, Any]] = defaultdict(dict)
    items: dict[str, dict[int, list[Any]]] = defaultdict(dict)
    for row, event in enumerate(expected):
        for name, value in event.properties.items():
            properties[column_name(name, kind_of(value))][row] = value
        for item in event.items:
            for name, value in item.items():
                items["i" + column_name(name, kind_of(value))].setdefault(row, []).append(value)
    base = {"time", "received", "name", "actor", "id", "source"}
    assert set(events.column_names) - base == set(properties) | set(items)
    for column, by_row in [*properties.items(), *items.items()]:
        found = {row: value for row, value in enumerate(events[column].to_pylist()) if value is not None}
        assert found == by_row, column
    links = {
        (a, b)
        for part in tables
        for a, b in zip(*(part.links[name].to_pylist() for name in "ab"), strict=True)
    }
    assert links == {(event.actor, other) for event in made.events for other in event.others}


def test_tables_are_what_the_store_makes_of_the_events() -> None:
    made = World(500, 40, 9, UNTIL)
    part = made.table(0)
    events = {event.id: event for batch in made.events() for event in reversed(batch)}
    in_order = [events[number % 2**64] for number in part.events["id"].to_pylist()]
    table = to_table(in_order)
    assert part.events.drop_columns(["received"]).equals(table.drop_columns(["received"]))
    received = dict(
        zip(
            part.events["id"].to_numpy().view(np.uint64).tolist(),
            part.events["received"].cast(pa.int64()).to_pylist(),
            strict=True,
        )
    )
    links = earliest_links(
        pa.concat_tables(
            [
                links_of([msgspec.structs.replace(event, received=received[event.id])])
                for event in events.values()
                if event.others
            ]
        )
    )
    assert earliest_links(part.links).equals(earliest_links(links))
    assert part.links.num_rows == links.num_rows


def test_tables_are_sorted_and_hold_the_earliest_link_of_each_pair(made: Made) -> None:
    part = made.world.table(0)
    times = part.events["time"].to_pylist()
    keys = [
        (time.strftime("%Y-%m"), actor.encode(), time, number % 2**64)
        for time, actor, number in zip(
            times, part.events["actor"].to_pylist(), part.events["id"].to_pylist(), strict=True
        )
    ]
    assert keys == sorted(keys)
    assert earliest(part.named) == earliest(part.links)
    assert part.links.equals(earliest_links(part.links))


def earliest(links: pa.Table) -> dict[tuple[str, str], tuple[Any, int]]:
    found: dict[tuple[str, str], tuple[Any, int]] = {}
    for a, b, time, number in zip(
        *(links[name].to_pylist() for name in ("a", "b", "time", "id")), strict=True
    ):
        place = (time, number % 2**64)
        found[a, b] = min(found.get((a, b), place), place)
    return found


def test_nothing_lies_ahead_and_half_a_percent_comes_twice(made: Made) -> None:
    assert max(event.time for event in made.deliveries) < UNTIL
    assert all(event.time <= event.received <= UNTIL for event in made.deliveries)
    twice = len(made.deliveries) - len(made.events)
    assert 0.003 < twice / len(made.events) < 0.007
    late = sum(event.received - event.time > 600_000 for event in made.events)
    assert 0.004 < late / len(made.events) < 0.015


@pytest.mark.parametrize("minutes", [4, 190, 460, 720, 1_435])
def test_today_looks_alive_whatever_the_hour(minutes: int) -> None:
    midnight = UNTIL - (21 * 60 + 10) * 60_000
    now = midnight + minutes * 60_000
    made = World(2_000, 30, 3, now)
    times = [event.time for batch in made.events() for event in batch if event.time >= midnight]
    assert len(times) > 60
    assert max(times) > now - 5 * 60_000


def test_words_are_the_ones_documented(made: Made) -> None:
    assert {event.name for event in made.events} == VOCABULARY
    assert {event.properties.get("platform") for event in made.events} == {
        None,
        "mini_program",
        "web",
        "app",
        "store",
    }
    for event in made.events:
        types = [split_actor(one)[0] for one in (event.actor, *event.others)]
        assert set(types) <= set(IDENTIFIER_TYPES)
        assert types == sorted(types, key=rank)[:1] + types[1:]
        assert len({event.actor, *event.others}) == 1 + len(event.others)


def test_orders_add_up(made: Made) -> None:
    orders = {event.properties["order_id"]: event for event in made.named("purchase")}
    assert len(orders) == len(made.named("purchase")) > 500
    for event in orders.values():
        said = event.properties
        assert sum(item["price"] * item["quantity"] for item in event.items) == said["gross_value"]
        assert said["gross_value"] - said["discount"] == said["value"] > 0
        assert (said["discount"] > 0) == ("coupon_id" in said)
    refunded: Counter[str] = Counter()
    for event in made.named("refund"):
        order = orders[event.properties["order_id"]]
        assert event.time > order.time
        refunded[event.properties["order_id"]] += event.properties["refund_value"]
        assert refunded[event.properties["order_id"]] <= order.properties["value"]
        assert (event.properties["refund_value"] == order.properties["value"]) or not event.properties["full"]
        assert all(item in order.items for item in event.items)
    assert any(not event.properties["full"] for event in made.named("refund"))
    assert any(
        event.properties["platform"] == "store" and event.actor.startswith("member_card:")
        for event in orders.values()
    )


def test_goods_are_of_the_catalogue_and_on_sale(made: Made) -> None:
    rows = {row["item_id"]: row for row in made.world.items().to_pylist()}
    for event in made.events:
        for item in event.items:
            row = rows[item["item_id"]]
            assert item["item_name"] == row["item_name"]
            assert item["item_category2"] == row["item_category2"]
            assert item["price"] <= row["price"]


def test_coupons_are_issued_then_claimed_then_redeemed(made: Made) -> None:
    counts = {
        name: Counter(event.properties["coupon_id"] for event in made.named(name))
        for name in ("coupon_issue", "coupon_claim", "coupon_redeem")
    }
    for coupon, redeemed in counts["coupon_redeem"].items():
        assert redeemed <= counts["coupon_claim"][coupon] <= counts["coupon_issue"][coupon]
    issued = {
        (event.properties["session_id"], event.properties["coupon_id"]): event.time
        for event in made.named("coupon_issue")
    }
    for event in made.named("coupon_claim"):
        assert issued[event.properties["session_id"], event.properties["coupon_id"]] < event.time
    bought = {event.properties["order_id"]: event for event in made.named("purchase")}
    for event in made.named("coupon_redeem"):
        order = bought[event.properties["order_id"]]
        assert order.properties["coupon_id"] == event.properties["coupon_id"]
        assert order.properties["gross_value"] >= event.properties["threshold"]


def test_viewers_leave_after_they_enter(made: Made) -> None:
    entered = {event.properties["session_id"]: event for event in made.named("live_enter")}
    assert len(entered) == len(made.named("live_enter"))
    for event in made.named("live_leave"):
        enter = entered[event.properties["session_id"]]
        assert event.time > enter.time
        assert event.properties["duration"] == (event.time - enter.time) // 1000
        assert event.properties["show_id"] == enter.properties["show_id"]
    during = [event for event in made.named("purchase") if "show_id" in event.properties]
    assert during
    assert all(event.properties["session_id"] in entered for event in during)


def test_share_chains_are_trees(made: Made) -> None:
    shares = {event.properties["share_id"]: event for event in made.named("share")}
    assert len(shares) == len(made.named("share"))
    for event in shares.values():
        chain, parent = [event], event.properties.get("parent_share_id")
        while parent is not None and parent in shares:
            chain.append(shares[parent])
            assert chain[-1].time < chain[-2].time
            parent = shares[parent].properties.get("parent_share_id")
        assert chain[-1].properties["share_id"] == event.properties["root_share_id"]
        assert len(chain) == event.properties["depth"]
    assert max(event.properties["depth"] for event in shares.values()) >= 2
    for event in made.named("purchase"):
        if event.properties.get("channel") == "fission":
            assert shares[event.properties["share_id"]].time < event.time


def test_people_differ(made: Made) -> None:
    visits = Counter(event.actor for event in made.named("page_view"))
    assert sum(count == 1 for count in visits.values()) > 500
    assert max(visits.values()) > 40
    agents = {
        event.properties["user_agent"]
        for event in made.named("page_view")
        if "bot" in event.properties.get("user_agent", "").lower()
        or "python" in event.properties.get("user_agent", "")
    }
    assert agents
    facts = [event.properties for event in made.named("$set") if "city" in event.properties]
    assert {"name", "gender", "birth_year", "city", "province", "sign_up_channel"} <= set(facts[0])
    assert {
        fact["member_level"]
        for fact in (event.properties for event in made.named("$set"))
        if "member_level" in fact
    } > {"普通会员", "银卡会员"}


@pytest.mark.slow
def test_memory_does_not_grow_with_the_people() -> None:
    peaks = []
    for count in (1_000, 4_000):
        made = World(count, 60, 2, UNTIL, shard=500)
        made.table(0)
        tracemalloc.start()
        for part in made.tables():
            assert part.events.num_rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.35 * peaks[0]


@pytest.mark.parametrize("days", [1, 2, 8])
def test_short_worlds(days: int) -> None:
    made = World(500, days, 1, UNTIL)
    assert sum(len(batch) for batch in made.events()) > 0
    assert made.truth()["days"] == days
    assert made.costs().num_rows > 0


@pytest.mark.parametrize(("field", "value"), [("people", 0), ("days", 0), ("days", 100_000)])
def test_impossible_worlds_are_refused(field: str, value: int) -> None:
    with pytest.raises(BadInput) as refused:
        world(**{field: value, "until": UNTIL})
    said = refused.value.describe("zh")
    assert said["field"] == field
    assert field in said["message"]
