"""SQL over HTTP: answers, limits, cancellation, files, queries that are kept."""

from __future__ import annotations

import csv
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pyarrow as pa
import pytest

from tests.api.shop import NOW, Shop

SQL = "/api/v1/projects/shop-a/sql"
ENDLESS = "select count(*) from range(1000000000000) a where a.range % 7 = 3"


@pytest.fixture
def filled(shop: Shop, admin: httpx.Client) -> httpx.Client:
    source = admin.post("/api/v1/projects/shop-a/sources", json={"name": "Web"}).json()
    events = [
        {"event": "page_view", "time": NOW - 5000, "who": {"device": "d1"}, "properties": {"page": "=1+1"}},
        {
            "event": "purchase",
            "time": NOW - 4000,
            "who": {"user": "u1", "device": "d1"},
            "properties": {
                "order_id": "o1",
                "value": 29950,
                "gross_value": 30000,
                "channel": "live",
                "Size": "L",
            },
            "items": [{"item_id": "s1", "item_name": "茶杯", "price": 10000, "quantity": 3}],
            "person": {"set": {"city": "杭州"}},
        },
        {
            "event": "refund",
            "time": NOW - 3000,
            "who": {"user": "u1"},
            "properties": {"order_id": "o1", "refund_value": 9950},
        },
    ]
    key = {"Authorization": f"Bearer {source['write_key']}"}
    with shop.client() as sender:
        assert sender.post("/v1/events", json={"events": events}, headers=key).status_code == 200
    shop.installation.store("shop-a").sync()
    return admin


def run(client: httpx.Client, sql: str, **more: Any) -> dict[str, Any]:
    reply = client.post(SQL, json={"sql": sql, **more})
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def refused(client: httpx.Client, sql: str, status: int = 422, **more: Any) -> dict[str, Any]:
    reply = client.post(SQL, json={"sql": sql, **more})
    assert reply.status_code == status, reply.text
    error: dict[str, Any] = reply.json()["error"]
    return error


def test_facts_that_are_not_in_the_lake_yet_are_there(filled: httpx.Client, shop: Shop) -> None:
    sql = "select count(*), count(distinct person), sum(value) from events"
    assert shop.installation.store("shop-a").tail_rows > 0
    assert run(filled, sql)["rows"] == [[3, 1, 29950]]
    shop.installation.store("shop-a").flush()
    assert run(filled, sql)["rows"] == [[3, 1, 29950]]


def test_an_order_with_its_refund_and_goods(filled: httpx.Client) -> None:
    answer = run(filled, "select order_id, paid, gross, discount, refunded, net, items, time from orders")
    [[order, paid, gross, discount, refunded, net, items, time]] = answer["rows"]
    assert (order, paid, gross, discount, refunded, net) == ("o1", 29950, 30000, 50, 9950, 20000)
    assert items == [
        {"item_id": "s1", "item_name": "茶杯", "item_category": None, "price": 10000, "quantity": 3}
    ]
    assert time.endswith("+08:00")
    kinds = [column["kind"] for column in answer["columns"]]
    assert kinds == ["text", *["number"] * 5, "list", "time"]
    assert answer["provenance"]["zone"] == "Asia/Shanghai"


def test_a_person_is_called_as_on_their_page(filled: httpx.Client) -> None:
    [[person, city, events]] = run(filled, "select person, city, events from persons")["rows"]
    assert (city, events) == ("杭州", 3)
    assert filled.get(f"/api/v1/projects/shop-a/people/{person}").json()["id"] == person


def test_tables_say_what_can_be_read(filled: httpx.Client) -> None:
    found = filled.get(f"{SQL}/tables").json()
    tables = {
        table["name"]: {column["name"]: column for column in table["columns"]} for table in found["tables"]
    }
    assert list(tables) == ["events", "persons", "orders", "items", "costs", "segments"]
    assert tables["events"]["channel"]["samples"] == ["live"]
    assert tables["events"]["channel"]["title"]["zh"] == "渠道"
    assert tables["events"]["Size"]["kind"] == "text"
    assert tables["persons"]["city"]["kind"] == "text"
    for name, columns in tables.items():
        assert list(columns) == [column["name"] for column in run(filled, f"select * from {name}")["columns"]]


def test_rows_are_limited_and_say_so(filled: httpx.Client) -> None:
    answer = run(filled, "select * from range(30)", rows=10)
    assert (len(answer["rows"]), answer["more"]) == (10, True)
    answer = run(filled, "select * from range(10)", rows=10)
    assert (len(answer["rows"]), answer["more"]) == (10, False)
    answer = run(filled, "select * from range(20000)")
    assert (len(answer["rows"]), answer["more"]) == (10_000, True)


def test_a_file_holds_all_rows(filled: httpx.Client) -> None:
    reply = filled.post(f"{SQL}/export", json={"sql": "select i, '行' t from range(12345) r(i)"})
    assert reply.headers["x-more-rows"] == "false"
    assert reply.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert (lines[0], lines[-1], len(lines)) == (["i", "t"], ["12344", "行"], 12_346)
    formula = filled.post(
        f"{SQL}/export", json={"sql": "select page, -1 n from events where page is not null"}
    )
    assert list(csv.reader(io.StringIO(formula.content.decode("utf-8-sig"))))[1] == ["'=1+1", "-1"]
    arrow = filled.post(f"{SQL}/export", json={"sql": "from range(5)"}, params={"format": "arrow"})
    assert pa.ipc.open_stream(arrow.content).read_all()["range"].to_pylist() == [0, 1, 2, 3, 4]


def test_a_file_is_limited_too(shop: Shop, admin: httpx.Client) -> None:
    shop.installation.settings.sql_export_rows = 5
    for form in ("csv", "arrow"):
        reply = admin.post(f"{SQL}/export", json={"sql": "from range(6)"}, params={"format": form})
        assert reply.headers["x-more-rows"] == "true"
    assert pa.ipc.open_stream(reply.content).read_all().num_rows == 5
    whole = admin.post(f"{SQL}/export", json={"sql": "from range(5)"})
    assert whole.headers["x-more-rows"] == "false"


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ("text", "'; drop table events; --", "'; drop table events; --"),
        ("number", 3, 3),
        ("number", "2.5", 2.5),
        ("flag", True, True),
        ("date", "2026-11-21", "2026-11-21"),
        ("time", "2026-11-21T10:00:00", "2026-11-21T10:00:00+08:00"),
        ("time", "2026-11-21T02:00:00Z", "2026-11-21T10:00:00+08:00"),
        ("list", ["a", "b"], ["a", "b"]),
        ("list", "a,b", ["a", "b"]),
    ],
)
def test_parameters_are_bound_as_values(admin: httpx.Client, kind: str, value: Any, read: Any) -> None:
    declared = [{"name": "x", "kind": kind}]
    assert run(admin, "select $x", parameters=declared, values={"x": value})["rows"] == [[read]]
    default = [{"name": "x", "kind": kind, "default": value}]
    assert run(admin, "select $x", parameters=default)["rows"] == [[read]]


def test_parameters_that_are_wrong_are_named(admin: httpx.Client) -> None:
    assert refused(admin, "select $x")["code"] == "sql_parameter_missing"
    assert refused(admin, "select ?")["code"] == "sql_parameter_unnamed"
    error = refused(admin, "select $day", values={"dag": 1, "day": 1})
    assert (error["code"], error["field"]) == ("sql_parameter_unknown", "parameters.dag")
    assert "day" in error["hint"]
    for kind in ("number", "flag", "date", "time"):
        declared = [{"name": "x", "kind": kind}]
        error = refused(admin, "select $x", parameters=declared, values={"x": "soon"})
        assert (error["code"], error["got"]) == ("sql_parameter_value", "soon")


def test_what_sql_says_is_told_with_its_place(admin: httpx.Client) -> None:
    error = refused(admin, "select *,\n  chanel from events")
    assert (error["code"], error["field"]) == ("sql_wrong", "sql:2:3")
    assert "channel" in error["hint"]
    assert refused(admin, "select cast(range::varchar || 'x' as int) from range(3)")["code"] == "sql_wrong"
    assert refused(admin, "delete from events")["code"] == "sql_read_only"
    assert refused(admin, "from '/etc/passwd'")["code"] == "sql_no_such_table"
    again = admin.post(SQL, json={"sql": "dorp"}, headers={"Accept-Language": "zh"})
    assert "dorp 处" in again.json()["error"]["message"]


def test_memory_is_limited(shop: Shop, admin: httpx.Client) -> None:
    shop.installation.settings.sql_memory_mb = 64
    shop.installation.settings.sql_disk_mb = 0
    error = refused(admin, "select * from range(30000000) order by hash(range)", status=413)
    assert error["code"] == "sql_out_of_memory"


def test_the_size_of_an_answer_is_limited(admin: httpx.Client) -> None:
    error = refused(admin, "select repeat('x', 1000000) from range(400)", status=413)
    assert (error["code"], error["field"]) == ("sql_answer_too_large", "sql")
    assert len(run(admin, "select repeat('x', 1000000) from range(3)")["rows"][0][0]) == 1_000_000


def test_time_is_limited(shop: Shop, admin: httpx.Client) -> None:
    shop.installation.settings.sql_timeout_seconds = 0.2
    error = refused(admin, ENDLESS, status=503)
    assert error["code"] == "sql_too_slow"
    assert not list((shop.installation.settings.home / "spill").iterdir())


def test_a_running_query_is_cancelled(shop: Shop, admin: httpx.Client) -> None:
    state = "/api/v1/projects/shop-a/queries/q-1"
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(lambda: shop.local.post(SQL, json={"sql": ENDLESS}, params={"query_id": "q-1"}))
        known = threading.Event()
        while admin.get(state).status_code != 200:
            assert not known.wait(0.01)
        assert admin.get(state).json()["state"] == "running"
        assert admin.delete(state).status_code == 200
        reply = asked.result(20)
    assert (reply.status_code, reply.json()["error"]["code"]) == (499, "cancelled")
    assert admin.get(state).json()["state"] == "cancelled"


def test_queries_are_kept(people: dict[str, httpx.Client]) -> None:
    editor, viewer = people["editor"], people["viewer"]
    body = {
        "name": "按渠道",
        "sql": "select $channel",
        "parameters": [{"name": "channel", "kind": "text", "default": "live"}],
        "chart": {"kind": "bar", "x": "channel", "y": ["paid"], "series": None},
    }
    kept = editor.post(f"{SQL}/queries", json=body).json()
    assert {name: kept[name] for name in body} == body
    assert viewer.get(f"{SQL}/queries").json()["queries"] == [kept]
    assert viewer.get(f"{SQL}/queries/{kept['id']}").json() == kept
    assert run(viewer, kept["sql"], parameters=kept["parameters"])["rows"] == [["live"]]
    assert viewer.post(f"{SQL}/queries", json=body).status_code == 403
    assert viewer.delete(f"{SQL}/queries/{kept['id']}").status_code == 403
    renamed = editor.put(f"{SQL}/queries/{kept['id']}", json={**body, "name": "B"}).json()
    assert (renamed["id"], renamed["name"]) == (kept["id"], "B")
    elsewhere = f"/api/v1/projects/shop-b/sql/queries/{kept['id']}"
    assert people["admin"].get(elsewhere).json()["error"]["code"] == "no_such_sql_query"
    assert editor.delete(f"{SQL}/queries/{kept['id']}").status_code == 200
    assert viewer.get(f"{SQL}/queries").json()["queries"] == []


def test_values_json_has_no_form_for(admin: httpx.Client) -> None:
    sql = """select 'nan'::double, 9007199254740993, 1e300::decimal(38, 0) is null, '\\x01'::blob, interval 1 day,
             map {'a': 1}, 170141183460469231731687303715884105727::hugeint, 1.25, timestamptz 'infinity',
             date '9999-12-31', uuid '00000000-0000-0000-0000-000000000001', time '10:00:00'"""
    sql = sql.replace("1e300::decimal(38, 0) is null", "null")
    [row] = run(admin, sql)["rows"]
    assert row[:4] == ["nan", "9007199254740993", None, "01"]
    assert row[6:8] == ["170141183460469231731687303715884105727", 1.25]
    assert row[9:] == ["9999-12-31", "00000000-0000-0000-0000-000000000001", "10:00:00"]
    assert filled_text(row)


def filled_text(row: list[Any]) -> bool:
    """Return whether every value is something JSON has."""
    return all(isinstance(value, str | int | float | bool | list | dict | None) for value in row)


def test_empty_projects_answer_too(admin: httpx.Client) -> None:
    for name in ("events", "persons", "orders", "items", "costs", "segments"):
        assert run(admin, f"select * from {name}")["rows"] == []
