"""SQL and the analyses say the same of the same facts: durable, in the tail, and after people were joined."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pyarrow as pa
import pytest

from tests import facts
from tests.contract.shop import asking, shop
from tests.facts import DAY, START, Fact
from tidewheel.analyse.run import ask
from tidewheel.analyse.sql.engine import Engine, Query
from tidewheel.analyse.sql.limits import Limits
from tidewheel.analyse.sql.tables import Lake
from tidewheel.core.period import Calendar
from tidewheel.identify.people import find, get
from tidewheel.identify.resolve import resolve
from tidewheel.store.view import Chunk, View

LIMITS = Limits(60, 512, 0, 2)
ENGINE = Engine()
SPAN = "time >= '2026-10-23' and time < '2026-11-22'"
PERIOD = {"from": "2026-10-23", "to": "2026-11-21"}


@pytest.fixture(autouse=True, scope="module")
def _closes() -> Iterator[None]:
    yield
    ENGINE.close()


def rows(view: View, sql: str, **more: Any) -> list[list[Any]]:
    lake = Lake(view.snapshot(), Calendar(), lambda _: pa.table({}), **more)
    return ENGINE.first_rows(lake, Query(sql), LIMITS, 1_000_000).rows


def totals(view: View, series: list[dict[str, Any]], **more: Any) -> dict[tuple[str, ...], float]:
    params = {"period": PERIOD, "grain": "total", "series": series, "top": 200, **more}
    lines = ask(view, "trends", params, asking()).result.lines
    return {(line.name, *(line.group or ())): line.total or 0.0 for line in lines}


def series(event: str, kind: str, **more: Any) -> dict[str, Any]:
    step = {"any_of": [{"event": event}]}
    return {"step": step, "measure": {"kind": kind, **more}, "name": kind + str(more.get("property", ""))}


def halved(made: View) -> View:
    """Return the shop again with half of each file still in memory, as facts that wait for the lake do."""
    tables = [chunk.load() for chunk in _chunks()]
    view = View(None)
    half = [table.num_rows // 2 for table in tables]
    events = [
        Chunk(f"lake-{n}", partial(table.slice, 0, half[n]), durable=True) for n, table in enumerate(tables)
    ]
    events += [
        Chunk(f"tail-{n}", partial(table.slice, half[n]), durable=False) for n, table in enumerate(tables)
    ]
    links = made.snapshot().links()
    view.replace(events, [Chunk("links", lambda: links, durable=True)])
    return view


def _chunks() -> list[Chunk]:
    from tidewheel.demo import world  # noqa: PLC0415 - the same world as the shop's

    made = world(700, 60, 11, 1_795_255_200_000).tables()
    return [Chunk(one.key, partial(_same, one.events), durable=True) for one in made]


def _same(table: pa.Table) -> pa.Table:
    return table


@pytest.fixture(params=["durable", "half in the tail"])
def view(request: pytest.FixtureRequest) -> View:
    made = shop()
    return made if request.param == "durable" else halved(made)


def test_events_and_people_by_name(view: View) -> None:
    found = {
        name: (count, people)
        for name, count, people in rows(
            view, f"select name, count(*), count(distinct person) from events where {SPAN} group by name"
        )
    }
    assert len(found) > 10
    for name, (count, people) in found.items():
        assert totals(view, [series(name, "count"), series(name, "people")]) == {
            ("count",): count,
            ("people",): people,
        }, name
    everything = totals(view, [series("*", "count"), series("*", "people")])
    assert everything["count",] == sum(count for count, _ in found.values())
    whole = rows(view, f"select count(distinct person) from events where {SPAN}")
    assert everything["people",] == whole[0][0]


def test_money_and_channels(view: View) -> None:
    sql = f"""select channel, count(*), count(distinct person), sum(value), sum(gross_value)
              from events where name = 'purchase' and {SPAN} group by channel"""
    wanted = totals(
        view,
        [
            series("purchase", "count"),
            series("purchase", "people"),
            series("purchase", "sum", property="value"),
            series("purchase", "sum", property="gross_value"),
        ],
        breakdowns=[{"property": "channel"}],
    )
    found = rows(view, sql)
    assert len(found) > 3
    for channel, count, people, paid, gross in found:
        assert wanted["count", channel] == count
        assert wanted["people", channel] == people
        assert wanted["sumvalue", channel] == paid
        assert wanted["sumgross_value", channel] == gross


def test_orders_are_the_purchases(view: View) -> None:
    [[count, people, paid, gross, discount]] = rows(
        view,
        f"""select count(*), count(distinct person), sum(paid), sum(gross), sum(discount)
                       from orders where {SPAN}""",
    )
    wanted = totals(
        view,
        [
            series("purchase", "count"),
            series("purchase", "people"),
            series("purchase", "sum", property="value"),
            series("purchase", "sum", property="gross_value"),
        ],
    )
    assert list(wanted.values()) == [count, people, paid, gross]
    assert discount == gross - paid
    [[refunded, net, whole]] = rows(view, "select sum(refunded), sum(net), sum(paid) from orders")
    [[given]] = rows(
        view,
        """select sum(refund_value) from events
           where name = 'refund' and order_id in (select order_id from orders)""",
    )
    assert refunded == given > 0
    assert net == whole - refunded


def test_goods(view: View) -> None:
    found = rows(
        view,
        f"""select u.item_id, sum(u.quantity), sum(u.price * u.quantity)
            from events, unnest(items) as t(u) where name = 'purchase' and {SPAN} group by all""",
    )
    wanted = totals(
        view,
        [
            series("purchase", "sum", property="quantity", scope="item"),
            series("purchase", "sum", property="price", times="quantity", scope="item"),
        ],
        breakdowns=[{"property": "item_id", "scope": "item"}],
    )
    assert len(found) > 20
    for item, quantity, sales in found:
        if ("sumquantity", item) in wanted:
            assert wanted["sumquantity", item] == quantity
            assert wanted["sumprice", item] == sales


def test_days_are_the_projects(view: View) -> None:
    params = {"period": PERIOD, "grain": "day", "series": [series("page_view", "count")]}
    result = ask(view, "trends", params, asking()).result
    found = dict(
        rows(
            view,
            f"""select date_trunc('day', time)::date::varchar, count(*)
                from events where name = 'page_view' and {SPAN} group by 1""",
        )
    )
    wanted = {
        bucket[:10]: value
        for bucket, value in zip(result.buckets, result.lines[0].values, strict=True)
        if value
    }
    assert found == wanted


def test_persons_are_the_people(view: View) -> None:
    snapshot = view.snapshot()
    found = {
        row[0]: row[1:]
        for row in rows(view, "select person, events, orders, revenue, name, city from persons")
    }
    assert len(found) == resolve(snapshot).count
    for person in find(snapshot, "", 0, 200).people:
        events, orders, revenue, name, city = found[person.id]
        assert (events, orders, revenue, city) == (person.events, person.orders, person.revenue, person.city)
        if name is not None:
            assert name == person.name
    seen = dict(rows(view, "select person, count(*) from events group by person"))
    assert seen == {person: row[0] for person, row in found.items() if row[0]}
    some = find(snapshot, "", 0, 5).people
    for person in some:
        shown = get(snapshot, person.id).properties
        for name in ("member_level", "birth_year", "gender"):
            [[value]] = rows(view, f"select {name} from persons where person = '{person.id}'")
            assert value == (shown[name].value if name in shown else None)


def test_a_link_that_arrives_joins_people_here_too() -> None:
    made = [
        Fact("page_view", START, "device:d", 1),
        Fact("purchase", START + DAY, "user:u", 2, {"value": 500, "order_id": "o"}),
    ]
    count = "select count(distinct person), count(*) from events"
    assert rows(facts.view([made]), count) == [[2, 2]]
    joined = facts.view([made], [("device:d", "user:u", START)])
    assert rows(joined, count) == [[1, 2]]
    [[person, events, orders, revenue]] = rows(joined, "select person, events, orders, revenue from persons")
    assert (events, orders, revenue) == (2, 1, 500)
    assert get(joined.snapshot(), person).orders == 1


def test_an_event_delivered_under_two_actors_of_one_person_counts_once() -> None:
    twice = [Fact("page_view", START, "device:d", 7), Fact("page_view", START, "user:u", 7)]
    made = facts.view([[twice[0]], [twice[1]]], [("device:d", "user:u", START)])
    assert rows(made, "select count(*) from events") == [[1]]
    assert rows(made, "select count(*) from events where name = 'page_view'") == [[1]]


def test_saved_segments_join() -> None:
    made = facts.view([[Fact("page_view", START, "user:u", 1)]])
    [[person]] = rows(made, "select person from persons")
    table = pa.table({"segment": ["vip"], "person": [person]})
    sql = "select segment, events from segments join persons using (person)"
    assert rows(made, sql, segments=lambda: table) == [["vip", 1]]
    assert rows(made, "select * from segments") == []
