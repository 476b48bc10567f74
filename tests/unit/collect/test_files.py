"""Files as shops export them: what is read, guessed, refused and made."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tidewheel.collect.files.mapping import Mapping, read_who
from tidewheel.collect.files.preview import preview
from tidewheel.collect.files.readers import Row, open_table
from tidewheel.collect.files.run import Sink, run_import
from tidewheel.collect.files.summary import Summary
from tidewheel.collect.guard import Guard
from tidewheel.collect.problems import Rejection
from tidewheel.core.errors import TidewheelError
from tidewheel.core.events import Event

NOW = 1_795_300_000_000
ZONE = "Asia/Shanghai"
CSV = "event,time,device_id,note\npage_view,2026-11-03 08:05:00,d1,红色\n"


class Store:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self.tables: list[pa.Table] = []

    def add(self, events: list[Event]) -> int:
        known = {(event.actor, event.id) for event in self.events}
        fresh = [event for event in events if (event.actor, event.id) not in known]
        self.events += fresh
        return len(fresh)

    def keep(self, name: str, table: pa.Table) -> None:
        assert name in ("items", "costs")
        self.tables.append(table)


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def imported(
    path: Path, kind: str, mapping: Mapping | None = None, store: Store | None = None
) -> tuple[Summary, Store]:
    store = store or Store()
    summary = run_import(path, kind, mapping, Sink(store.add, store.keep), source="file", zone=ZONE, now=NOW)
    return summary, store


def guessed(path: Path, kind: str = "events") -> Any:
    return preview(path, kind, zone=ZONE, now=NOW, language="zh")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings(file: Any, encoding: str, packed: bool) -> None:
    raw = CSV.encode(encoding)
    summary, store = imported(file(gzip.compress(raw) if packed else raw), "events")
    assert summary.accepted == 1
    assert store.events[0].properties == {"note": "红色"}
    assert store.events[0].time == 1_793_664_300_000


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(file: Any, delimiter: str) -> None:
    table = open_table(file(CSV.replace(",", delimiter)))
    assert (table.delimiter, table.columns) == (delimiter, ("event", "time", "device_id", "note"))


def test_a_row_that_is_broken_costs_only_itself(file: Any) -> None:
    text = CSV + (
        'click,2026-11-03 08:06:00,d1,"two\nlines, and ""quotes"""\n'
        "click,2026-11-03 08:07:00,d1,a,b,c\n"
        'click,2026-11-03 08:08:00,d1,"never closed\n'
        'click,2026-11-03 08:09:00,d1,5" screen\n'
        "\n"
        "click,2026-11-03 08:10:00\n"
        "click,2026-11-03 08:11:00,d1\n"
    )
    summary, store = imported(file(text), "events")
    assert [(one.index, one.code, one.field) for one in summary.problems] == [
        (4, "too_many_cells", None),
        (5, "unclosed_quote", None),
        (8, "missing_who", "who"),
    ]
    assert [event.properties.get("note") for event in store.events] == [
        "红色",
        'two\nlines, and "quotes"',
        '5" screen',
        None,
    ]
    assert (summary.rows, summary.accepted, summary.rejected) == (7, 4, 3)


def test_no_heading_and_title_rows(file: Any) -> None:
    bare = open_table(file("page_view,2026-11-03 08:05:00,d1\nclick,2026-11-03 08:05:00,d2\n"))
    assert bare.columns == ("column_1", "column_2", "column_3")
    assert guessed(file("page_view,2026-11-03 08:05:00,13800000001\n" * 8)).guess.who == {"phone": "column_3"}
    titled = open_table(file("2026 年 11 月订单,,\n,,\n订单号,时间,手机号\nS1,2026-11-03,13800000001\n"))
    assert titled.columns == ("订单号", "时间", "手机号")
    assert next(titled.chunks())[1][0] == Row(
        4, {"订单号": "S1", "时间": "2026-11-03", "手机号": "13800000001"}
    )
    doubled = open_table(file("a,a,\n1,2,3\n"))
    assert doubled.columns == ("a", "a_2")


def test_excel(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["会员订单导出", None, None, None, None],
        ["订单编号", "手机号", "支付时间", "实付金额（元）", "商品编码"],
        [1001, 13800138000, datetime(2026, 11, 3, 8, 5), 299.5, 7001],  # noqa: DTZ001
        [1002, "13900139000", date(2026, 11, 3), 100, "A2"],
        [1003, 13800138000, 46329.5, "¥1,299.50", "A3"],
    ):
        sheet.append(row)
    path = tmp_path / "orders.xlsx"
    book.save(path)
    summary, store = imported(path, "orders")
    assert summary.rejected == 0, summary.problems
    assert [event.properties for event in store.events] == [
        {"order_id": "1001", "value": 29_950},
        {"order_id": "1002", "value": 10_000},
        {"order_id": "1003", "value": 129_950},
    ]
    assert store.events[0].actor == "phone:+8613800138000"
    assert store.events[0].items == [{"item_id": "7001"}]
    assert [event.time for event in store.events] == [1_793_664_300_000, 1_793_635_200_000, 1_793_678_400_000]
    with pytest.raises(TidewheelError, match="no sheet"):
        open_table(path, sheet="二月")


def test_a_column_without_heading_is_kept(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["event", "time", "device_id"], ["a", "2026-11-03", "d", "more"]):
        sheet.append(row)
    path = tmp_path / "x.xlsx"
    book.save(path)
    assert imported(path, "events")[1].events[0].properties == {"column_4": "more"}


def test_the_delimiter_is_the_one_of_the_heading(file: Any) -> None:
    text = "event,time,tags\n" + "click,2026-11-03,a;b;c;d;e\n" * 300
    assert open_table(file(text)).delimiter == ","


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    rows = {
        "event": ["click", "click"],
        "time": [datetime(2026, 11, 3, 0, 5, tzinfo=UTC), None],
        "user_id": [7, 8],
        "amount": [Decimal("1.50"), Decimal(2)],
        "tags": [["a"], []],
        "nested": [{"x": 1}, None],
    }
    pq.write_table(pa.table(rows), path)
    summary, store = imported(path, "events")
    assert [(one.index, one.code, one.field) for one in summary.problems] == [(2, "missing_when", "time")]
    event = store.events[0]
    assert (event.actor, event.time) == ("user:7", 1_793_664_300_000)
    assert event.properties == {"amount": 1.5, "tags": ["a"], "nested.x": 1}


def test_json_lines_of_rows_and_of_native_events(file: Any) -> None:
    rows = [
        {"event": "a", "time": 1793664300, "user": {"id": "u1", "level": 3}},
        {"event": "b", "time": 1793664301},
    ]
    summary, store = imported(file("\n".join(map(json.dumps, rows)) + "\n{broken\n"), "events")
    assert [(one.index, one.code) for one in summary.problems] == [(2, "missing_who"), (3, "bad_row")] or [
        (one.index, one.code) for one in summary.problems
    ] == [(3, "bad_row"), (2, "missing_who")]
    assert store.events[0].properties == {"user.level": 3}
    native = {"event": "a", "time": 1793664300, "who": {"device": "d"}, "person": {"set": {"x": 1}}}
    path = file(
        json.dumps(native) + "\n" + json.dumps(native) + "\n" + json.dumps(native | {"evnt": 1}) + "\n"
    )
    assert guessed(path).native
    summary, store = imported(path, "events")
    assert (summary.accepted, summary.rejected, summary.facts) == (2, 1, 4)
    assert [event.name for event in store.events] == ["a", "$set", "a", "$set"]
    again, _ = imported(path, "events", store=store)
    assert again.duplicates == again.facts
    summary, _ = imported(file("{broken\n" + json.dumps(native) + "\n"), "events")
    assert [(one.index, one.code) for one in summary.problems] == [(1, "bad_row")]
    assert summary.accepted == 1
    whole = file(json.dumps({"data": [native]}, indent=1))
    assert imported(whole, "events")[0].accepted == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n \n", "empty_file"),
        (b"PAR1junk", "broken_file"),
        (b"PK\x03\x04junk", "broken_file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(32)) * 9, "not_a_table"),
    ],
)
def test_files_that_are_no_tables(file: Any, content: bytes, code: str) -> None:
    with pytest.raises(TidewheelError) as caught:
        open_table(file(content))
    assert caught.value.code == code


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(TidewheelError) as caught:
        open_table(tmp_path / "no.csv")
    assert caught.value.code == "no_such_file"


def test_guesses_come_with_reasons(file: Any) -> None:
    text = "行为,发生时间,会员手机号,备注编号,价格(元)\n" + "浏览,2026/11/3 8:05,13800138000,0012,9.9\n" * 5
    seen = guessed(file(text))
    assert seen.guess == Mapping(
        who={"phone": "会员手机号"}, what="行为", when="发生时间", money={"价格(元)": "yuan"}
    )
    assert [(reason.role, reason.zh) for reason in seen.reasons] == [
        ("who.phone", "表头是“会员手机号”"),
        ("when", "表头是“发生时间”"),
        ("what", "表头是“行为”"),
        ("money.价格(元)", "表头写明了单位"),
    ]
    assert [(column.name, column.kind) for column in seen.columns] == [
        ("行为", "text"),
        ("发生时间", "time"),
        ("会员手机号", "text"),
        ("备注编号", "text"),
        ("价格(元)", "number"),
    ]
    by_value = guessed(file("x,y,z\n" + "13800138000,2026-11-03 08:05,o6_bmjrPTlm6_2sgVt7hMZOPfL2M\n" * 3))
    assert by_value.guess.who == {"phone": "x", "openid": "z"}
    assert by_value.guess.when == "y"


def test_preview_tries_the_mapping_without_storing(file: Any) -> None:
    seen = guessed(file(CSV + "click,someday,d1,x\n" + "click,2026-11-03 09:00,d1,x\n"))
    assert [(problem["row"], problem["code"], problem["field"]) for problem in seen.problems] == [
        (3, "bad_time", "time")
    ]
    assert seen.rows_sample[0] == {
        "event": "page_view",
        "time": "2026-11-03 08:05:00",
        "device_id": "d1",
        "note": "红色",
    }
    unmapped = guessed(file("a,b\nx,y\n"))
    assert unmapped.problems[0]["code"] == "missing_mapping"


@pytest.mark.parametrize(
    ("mapping", "code", "field"),
    [
        (
            Mapping(who={"device": "devices_id"}, what="event", when="time"),
            "unknown_name",
            "mapping.who.device",
        ),
        (Mapping(what="event", when="time"), "missing_mapping", "mapping.who"),
        (Mapping(who={"device": "device_id"}, when="time"), "missing_mapping", "mapping.what"),
        (Mapping(who={"device": "device_id"}, what="event"), "missing_mapping", "mapping.when"),
        (Mapping(who={"devise": "device_id"}), "unknown_name", "mapping.who"),
        (Mapping(zone="Mars/Base"), "unknown_time_zone", "time_zone"),
    ],
)
def test_mappings_are_checked(file: Any, mapping: Mapping, code: str, field: str) -> None:
    with pytest.raises(TidewheelError) as caught:
        imported(file(CSV), "events", mapping)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_identifiers_as_options() -> None:
    guess = Mapping(who={"phone": "手机号"})
    assert read_who(["手机号", "user=uid"], guess) == {"phone": "手机号", "user": "uid"}
    with pytest.raises(TidewheelError, match="What kind of identifier"):
        read_who(["uid"], guess)
    with pytest.raises(TidewheelError, match="Did you mean phone"):
        read_who(["phnoe=uid"], guess)


def test_mapping_names_zone_items_and_what_to_leave_out(file: Any) -> None:
    text = (
        "when,device_id,sku,price,qty,渠道,secret,tmp\n"
        "2026-11-03 00:05,d1,A1,9.90,2,抖音,x,y\n"
        "2026-11-03 00:06,d1,A2,1.005,1,抖音,x,y\n"
    )
    mapping = Mapping(
        who={"device": "device_id"},
        what="=view_item",
        when="when",
        zone="UTC",
        items={"item_id": "sku", "price": "price", "quantity": "qty"},
        fields={"channel": "渠道"},
        exclude=["secret"],
        include=["secret"],
        money={"price": "yuan"},
    )
    summary, store = imported(file(text), "events", mapping)
    assert summary.accepted == 2
    assert store.events[0].time == 1_793_664_300_000
    assert store.events[0].properties == {"channel": "抖音"}
    assert store.events[0].items == [{"item_id": "A1", "price": 990, "quantity": 2}]
    assert store.events[1].items[0]["price"] == 100


def test_items_as_json(file: Any) -> None:
    text = 'event,time,device_id,items\npurchase,2026-11-03,d1,"[{""item_id"": ""A1"", ""price"": 100}]"\nx,2026-11-03,d1,[3]\n'
    summary, store = imported(file(text), "events")
    assert store.events[0].items == [{"item_id": "A1", "price": 100}]
    assert [(one.index, one.code, one.field) for one in summary.problems] == [(3, "bad_items", "items")]


def test_orders_with_lines_merged_cells_refunds_and_unpaid_ones(file: Any) -> None:
    text = """主订单编号,会员手机号,付款时间,订单状态,实付金额,商品编码,单价,数量,退款金额,退款时间,门店编号
SO1,13800000001,2026年11月3日 8:05,已完成,"1,299.50",A1,500,1,,,0012
SO9,13800000009,2026-11-03 9:00,已完成,1,A1,1,1,,,0012
,,,,,A2,799.50,1,,,
SO2,13800000002,2026/11/3 8:05,已退款,99,A1,99,1,,,0012
SO3,13800000003,2026/11/3 8:05,待付款,99,A1,99,1,,,0012
SO4,13800000004,20261103,已完成,200.00,A1,100,2,50.00,2026-11-05 10:00,0012
SO1,13800000001,2026年11月3日 8:05,已完成,"1,299.50",A3,0,1,,,0012
SO5,null,20261103,已完成,200.00,A1,100,2,,,0012
SO6,1.38E+10,20261103,已完成,200.00,A1,100,2,,,0012
SO7,13800000007,20261103,已完成,2百,A1,100,2,,,0012
"""
    summary, store = imported(file(text), "orders")
    made = {(event.name, event.properties["order_id"]): event for event in store.events}
    assert set(made) == {
        ("purchase", "SO1"),
        ("purchase", "SO2"),
        ("purchase", "SO4"),
        ("purchase", "SO9"),
        ("refund", "SO2"),
        ("refund", "SO4"),
    }
    first = made["purchase", "SO1"]
    assert first.properties == {"order_id": "SO1", "value": 129_950, "store_id": "0012"}
    assert [item["item_id"] for item in first.items] == ["A1", "A3"]
    assert [item["item_id"] for item in made["purchase", "SO9"].items] == ["A1", "A2"]
    assert made["refund", "SO2"].properties == {
        "order_id": "SO2",
        "refund_value": 9_900,
        "full": True,
        "store_id": "0012",
    }
    assert made["refund", "SO4"].properties["full"] is False
    assert made["refund", "SO4"].time == 1_793_844_000_000
    assert (summary.rows, summary.accepted, summary.rejected, summary.skipped) == (10, 6, 3, 1)
    assert sorted((one.index, one.code, one.field) for one in summary.problems) == [
        (9, "missing_who", "who"),
        (10, "rounded_identifier", "会员手机号"),
        (11, "not_money", "实付金额"),
    ]
    again, _ = imported(file(text), "orders", store=store)
    assert again.duplicates == again.facts == 6


def test_amounts_of_lines_are_added(file: Any) -> None:
    text = "订单号,手机号,支付时间,实付金额,sku\nS1,13800000001,2026-11-03,10.00,A\nS1,13800000001,2026-11-03,5.50,B\n"
    path = file(text)
    assert guessed(path, "orders").guess.fields["line_value"] == "实付金额"
    assert imported(path, "orders")[1].events[0].properties["value"] == 1_550
    mapping = Mapping(
        who={"phone": "手机号"}, when="支付时间", fields={"order_id": "订单号", "value": "实付金额"}
    )
    summary, _ = imported(path, "orders", mapping)
    assert [(one.code, one.values["order"]) for one in summary.problems] == [("value_differs", "S1")]
    assert summary.rejected == 2


def test_people(file: Any) -> None:
    text = "会员卡号,手机号,昵称,生日,积分\nM1,13800000001,小红,1990-01-01,120\nM2,null,小明,,\n"
    summary, store = imported(file(text), "people")
    assert summary.accepted == 2
    assert [(event.name, event.actor, event.others) for event in store.events] == [
        ("$set", "member_card:M1", ["phone:+8613800000001"]),
        ("$set", "member_card:M2", []),
    ]
    assert store.events[0].properties == {"昵称": "小红", "生日": "1990-01-01", "积分": 120}
    again = run_import(file(text), "people", None, Sink(store.add), source="f", zone=ZONE, now=NOW + 10**6)
    assert again.duplicates == 2


def test_items_and_costs_become_table_rows(file: Any) -> None:
    text = "SKU,商品名称,类目,售价,成本价,库存,颜色\n0012,口红,彩妆,99.00,20.5,100,红\n,无编码,,1,1,1,\n"
    summary, store = imported(file(text), "items")
    assert (summary.accepted, [one.code for one in summary.problems]) == (1, ["missing_value"])
    row = store.tables[0].to_pylist()[0]
    assert {name: value for name, value in row.items() if name not in ("key", "imported")} == {
        "item_id": "0012",
        "item_name": "口红",
        "item_category": "彩妆",
        "price": 9_900,
        "cost": 2_050,
        "stock": 100.0,
        "颜色": "红",
    }
    text = "日期,渠道,计划,花费,展现量,点击\n2026/11/3,抖音,双11,1234.56,1000,50\n2026/11/4,抖音,双11,,1,1\n"
    summary, store = imported(file(text), "costs")
    assert [(one.index, one.code, one.field) for one in summary.problems] == [(3, "missing_value", "花费")]
    row = store.tables[0].to_pylist()[0]
    assert (row["day"], row["channel"], row["utm_campaign"], row["cost"], row["clicks"]) == (
        "2026-11-03",
        "抖音",
        "双11",
        123_456,
        50.0,
    )
    _, later = imported(file(text.replace("1234.56", "2000")), "costs")
    assert later.tables[0]["key"] == store.tables[0]["key"]


def test_progress_and_rejected_rows_are_told(file: Any) -> None:
    told: list[tuple[float, int]] = []
    rejected: list[str] = []
    run_import(
        file(CSV + "click,,d1,x\n"),
        "events",
        None,
        Sink(rejected=lambda ones: rejected.extend(one.code for one in ones)),
        lambda part, rows: told.append((part, rows)),
        source="f",
        zone=ZONE,
        now=NOW,
    )
    assert told[-1] == (1.0, 2)
    assert rejected == ["missing_when"]


def test_rows_that_are_refused_are_kept_whole_unless_identifiers_are_hashed(file: Any) -> None:
    path = file("event,time,phone\nlogin,gestern,13912345678\nlogin,2026-11-03 08:05:00,13912345678\n")

    def refused(guard: Guard | None) -> Rejection:
        found: list[Rejection] = []
        sink = Sink(rejected=found.extend, whole_rows=True)
        mapping = Mapping(who={"phone": "phone"}, what="event", when="time")
        run_import(path, "events", mapping, sink, source="s", zone=ZONE, now=NOW, guard=guard)
        [one] = found
        return one

    assert json.loads(refused(None).body)["row"]["phone"] == "13912345678"
    hashed = refused(Guard(b"k" * 32, ["phone"]))
    assert (hashed.body, hashed.got) == (b"", None)
