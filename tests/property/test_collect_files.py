"""Laws of imports: any file is read or refused with words, and importing again adds nothing."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tidewheel.collect.files.contract import KINDS
from tidewheel.collect.files.delimited import cells, records
from tidewheel.collect.files.mapping import Mapping
from tidewheel.collect.files.ordinals import Ordinals
from tidewheel.collect.files.preview import preview
from tidewheel.collect.files.run import Sink, run_import
from tidewheel.collect.files.summary import Summary
from tidewheel.core.errors import TidewheelError
from tidewheel.core.events import Event

NOW = 1_795_300_000_000
ZONE = "Asia/Shanghai"
law = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Store:
    """Keeps each (actor, id) once, as the lake does."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, int], Event] = {}

    def add(self, events: list[Event]) -> int:
        before = len(self.events)
        for event in events:
            self.events.setdefault((event.actor, event.id), event)
        return len(self.events) - before


def import_text(
    text: str | bytes, kind: str, store: Store | None = None, mapping: Mapping | None = None
) -> Summary:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        sink = Sink((store or Store()).add)
        return run_import(path, kind, mapping, sink, source="file", zone=ZONE, now=NOW)


def check_file(raw: bytes, kind: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(raw)
        try:
            seen = preview(path, kind, zone=ZONE, now=NOW)
        except TidewheelError as error:
            assert error.describe("zh")["message"]  # noqa: PT017
            return
        json.dumps(seen.model_dump(mode="json"), ensure_ascii=False).encode()
        store = Store()
        try:
            done = run_import(path, kind, seen.guess, Sink(store.add), source="file", zone=ZONE, now=NOW)
        except TidewheelError as error:
            assert error.describe("en")["message"]  # noqa: PT017
            return
        assert done.rows == done.accepted + done.rejected + done.skipped
        json.dumps(done.describe("zh"), ensure_ascii=False).encode()


kinds = st.sampled_from(sorted(KINDS.all()))
cell = st.text(max_size=8) | st.sampled_from(
    [
        "",
        "1",
        "12.5",
        "¥1,299.50",
        "2026/11/3 8:05",
        "20261103",
        "45963.5",
        "null",
        "1.38E+10",
        '5" x',
        "true",
        "a@b.cn",
    ]
)
headings = st.sampled_from(
    [
        "event",
        "时间",
        "手机号",
        "订单号",
        "实付金额",
        "sku",
        "数量",
        "value",
        "花费(元)",
        "日期",
        "items",
        "x",
        "退款时间",
    ]
)


@law
@given(st.binary(max_size=400), kinds)
def test_any_bytes(raw: bytes, kind: str) -> None:
    check_file(raw, kind)


NEEDED = {
    "events": ["event", "时间", "手机号"],
    "orders": ["订单号", "付款时间", "手机号"],
    "people": ["手机号"],
    "items": ["sku"],
    "costs": ["日期", "花费(元)"],
    "lift": ["日期", "增量订单"],
    "weblog": ["时间", "ip", "url"],
    "consents": ["时间", "手机号", "用途", "状态"],
}
names = st.sampled_from(["page_view", "purchase", "$set", ""])
times = st.sampled_from(
    ["2026/11/3 8:05", "20261103", "1795000000", "45963.5", "2026年11月3日", "3/4/2026", "soon", ""]
)
phones = st.sampled_from(["13800000001", "13800000002", "1.38E+10", "null", ""])
orders = st.sampled_from(["S1", "S2", ""])
amounts = st.sampled_from(["1", "12.5", "¥1,299.50", "NaN", "-3", "x", ""])
purposes = st.sampled_from(["marketing", "analytics", "营销 推送", ""])
states = st.sampled_from(["同意", "撤回", "yes", "0", "perhaps", ""])
FILLED = {"ip": phones, "url": st.sampled_from(["/a", "/a.js", "GET /b HTTP/1.1", ""]), "event": names, "时间": times, "手机号": phones, "订单号": orders, "付款时间": times, "sku": orders,
          "日期": times, "用途": purposes, "状态": states, "花费(元)": amounts, "增量订单": amounts, "实付金额": amounts, "退款金额": amounts, "单价": amounts, "数量": amounts}  # fmt: skip

MAPPINGS = {
    "events": Mapping(who={"phone": "手机号"}, what="event", when="时间"),
    "orders": Mapping(who={"phone": "手机号"}, when="付款时间", fields={"order_id": "订单号"}),
    "people": Mapping(who={"phone": "手机号"}),
    "items": Mapping(fields={"item_id": "sku"}),
    "costs": Mapping(when="日期", fields={"cost": "花费(元)"}),
    "lift": Mapping(when="日期", fields={"orders": "增量订单"}),
    "weblog": Mapping(when="时间", fields={"ip": "ip", "url": "url"}),
    "consents": Mapping(who={"phone": "手机号"}, when="时间", fields={"purpose": "用途", "state": "状态"}),
}
NAMES = {"实付金额": "value", "退款金额": "refund_value", "单价": "price", "数量": "quantity"}


@law
@given(kinds, st.lists(st.sampled_from(["实付金额", "退款金额", "单价", "数量"]), unique=True), st.data())
def test_every_row_is_accounted_for(kind: str, more: list[str], data: st.DataObject) -> None:
    header = [*NEEDED[kind], *more]
    made = data.draw(st.lists(st.tuples(*(FILLED[name] for name in header)), min_size=1, max_size=12))
    out = io.StringIO()
    csv.writer(out).writerows([header, *made])
    raw = out.getvalue().encode(data.draw(st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-8-sig"])))
    mapping = MAPPINGS[kind].model_copy(
        update={"fields": MAPPINGS[kind].fields | {NAMES[name]: name for name in more}}
    )
    done = import_text(raw, kind, mapping=mapping)
    assert done.rows == sum(any(row) for row in made)
    assert done.rows == done.accepted + done.rejected + done.skipped
    assert bool(done.rejected) <= bool(done.problems)
    for problem in done.describe("zh")["problems"]:
        assert problem["message"]
        assert problem["hint"]
        assert 2 <= problem["row"] <= len(made) + 1


@law
@given(
    st.lists(headings, min_size=1, max_size=8),
    st.lists(st.lists(cell, max_size=9), max_size=8),
    kinds,
    st.data(),
)
def test_any_table(header: list[str], rows: list[list[str]], kind: str, data: st.DataObject) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=data.draw(st.sampled_from(",\t;"))).writerows([header, *rows])
    text = out.getvalue().encode("utf-8", "surrogatepass")
    check_file(text, kind)


@law
@given(
    st.lists(st.dictionaries(headings, st.none() | st.booleans() | st.integers() | st.floats() | cell)), kinds
)
def test_any_json_lines(rows: list[dict[str, object]], kind: str) -> None:
    check_file("\n".join(json.dumps(row) for row in rows).encode(), kind)


@law
@given(
    st.lists(
        st.lists(st.text(alphabet='ab"\n, ;中', max_size=6), min_size=2, max_size=4), min_size=1, max_size=6
    )
)
def test_records_agree_with_the_csv_module(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    assert list(cells(records(io.StringIO(out.getvalue()), ","), ",")) == rows


lines = st.lists(
    st.tuples(
        st.sampled_from(["page_view", "add_to_cart"]),
        st.integers(0, 59),
        st.integers(0, 5),
        st.sampled_from(["a", "b", ""]),
    ),
    min_size=1,
    max_size=20,
)


def events_csv(rows: list[tuple[str, int, int, str]]) -> str:
    made = [f"{name},2026-11-03 08:{minute:02d}:00,d{who},{note}" for name, minute, who, note in rows]
    return "\n".join(["event,time,device_id,note", *made]) + "\n"


@law
@given(lines, lines)
def test_importing_again_adds_only_what_is_new(
    rows: list[tuple[str, int, int, str]], more: list[tuple[str, int, int, str]]
) -> None:
    store = Store()
    first = import_text(events_csv(rows), "events", store)
    assert (first.accepted, first.duplicates, len(store.events)) == (len(rows), 0, len(rows))
    again = import_text(events_csv(rows), "events", store)
    assert (again.accepted, again.duplicates, len(store.events)) == (len(rows), len(rows), len(rows))
    longer = import_text(events_csv(rows + more), "events", store)
    assert (longer.duplicates, len(store.events)) == (len(rows), len(rows) + len(more))


@law
@given(lines)
def test_row_order_changes_nothing(rows: list[tuple[str, int, int, str]]) -> None:
    one, other = Store(), Store()
    import_text(events_csv(rows), "events", one)
    import_text(events_csv(sorted(rows)), "events", other)
    assert one.events == other.events


@law
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 9)), min_size=1, max_size=12))
def test_orders_do_not_depend_on_where_their_lines_are(rows: list[tuple[int, int]]) -> None:
    made = [
        f"S{order},13800000{order:03d},2026-11-0{order + 1} 08:00,A{price},{price}.50,1"
        for order, price in rows
    ]
    header = "订单号,手机号,付款时间,商品编码,单价,数量"
    one, other = Store(), Store()
    done = import_text("\n".join([header, *made]), "orders", one)
    import_text("\n".join([header, *sorted(made)]), "orders", other)
    assert done.accepted == len(rows)
    values = {key: event.properties["value"] for key, event in one.events.items()}
    assert values == {key: event.properties["value"] for key, event in other.events.items()}
    assert sum(values.values()) == sum(price * 100 + 50 for _, price in rows)


@law
@given(st.lists(st.lists(st.integers(0, 6), max_size=12), max_size=8))
def test_ordinals_count_equals(batches: list[list[int]]) -> None:
    ordinals, seen = Ordinals(), dict[int, int]()
    for batch in batches:
        expected = []
        for key in batch:
            expected.append(seen.get(key, 0))
            seen[key] = seen.get(key, 0) + 1
        assert ordinals.of(np.array(batch, dtype=np.uint64)).tolist() == expected
