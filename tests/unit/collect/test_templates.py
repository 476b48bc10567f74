"""Exports of shop platforms: recognised by their headings, read without a word from anybody."""

from __future__ import annotations

import csv
import io
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tests.unit.collect.pulled import NOW
from tidewheel.collect.files import Sink, Summary, preview, run_import, samples
from tidewheel.collect.files.template import fitting, known
from tidewheel.core.events import Event

SAMPLES = resources.files(samples)


def load(path: Path, kind: str = "orders") -> tuple[list[Event], Summary]:
    kept: list[Event] = []
    done = run_import(path, kind, None, Sink(events=kept.extend), source="s", zone="Asia/Shanghai", now=NOW)  # fmt: skip
    return kept, done


def sample(name: str, tmp_path: Path) -> Path:
    path = tmp_path / name
    path.write_bytes(SAMPLES.joinpath(name).read_bytes())
    return path


def write(tmp_path: Path, rows: list[dict[str, str]], encoding: str = "gb18030") -> Path:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / "export.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize(
    ("name", "template", "purchases", "refunds", "skipped", "paid"),
    [
        ("tmall.csv", "tmall_orders", 8, 1, 1, 180_190),
        ("jd.csv", "jd_orders", 5, 0, 1, 135_330),
        ("wechat-shop.csv", "wechat_shop_orders", 5, 1, 1, 93_800),
    ],
)
def test_the_sample_exports(
    tmp_path: Path, name: str, template: str, purchases: int, refunds: int, skipped: int, paid: int
) -> None:
    path = sample(name, tmp_path)
    seen = preview(path, "orders", zone="Asia/Shanghai", now=NOW)
    assert seen.template
    assert seen.template.name == template
    assert seen.problems == []
    events, done = load(path)
    by = {kind: [one for one in events if one.name == kind] for kind in ("purchase", "refund")}
    assert (len(by["purchase"]), len(by["refund"]), done.skipped, done.rejected) == (
        purchases,
        refunds,
        skipped,
        0,
    )
    assert sum(one.properties["value"] for one in by["purchase"]) == paid
    told = {name for one in events for name in one.properties}
    assert not told & {"收货人姓名", "客户姓名", "收件人姓名", "收货地址", "客户地址", "买家支付宝账号"}


def test_accounts_of_two_platforms_stay_apart_until_a_phone_joins_them(tmp_path: Path) -> None:
    actors = {
        name: {actor for one in load(sample(name, tmp_path))[0] for actor in (one.actor, *one.others)}
        for name in ("tmall.csv", "jd.csv", "wechat-shop.csv")
    }
    assert "openid:tmall/tb小雨1" in actors["tmall.csv"]
    assert "openid:jd/jd_a001" in actors["jd.csv"]
    phones = {name: {one for one in found if one.startswith("phone:")} for name, found in actors.items()}
    assert "phone:+8619900000001" in phones["tmall.csv"] & phones["jd.csv"] & phones["wechat-shop.csv"]
    assert not any("*" in actor for found in actors.values() for actor in found), "a masked phone is nobody"
    assert phones["wechat-shop.csv"] == {f"phone:+861990000000{n}" for n in (1, 3, 7)} | {
        "phone:+8619900000010"
    }


def test_numbers_keep_their_digits_and_lose_their_armour(tmp_path: Path) -> None:
    orders = {one.properties["order_id"] for one in load(sample("tmall.csv", tmp_path))[0]}
    assert all(order.isdigit() and len(order) == 14 for order in orders)


def test_the_lines_of_an_order_are_one(tmp_path: Path) -> None:
    events, _ = load(sample("jd.csv", tmp_path))
    first = next(one for one in events if one.properties["order_id"] == "290000000013")
    assert [(item["item_id"], item["quantity"], item["price"]) for item in first.items] == [
        ("J1001", 1, 29_900),
        ("J1002", 1, 8_990),
    ]
    assert first.properties["value"] == 38_890


def test_a_closed_order_was_given_back_if_it_was_paid(tmp_path: Path) -> None:
    [refund] = [one for one in load(sample("tmall.csv", tmp_path))[0] if one.name == "refund"]
    assert (refund.properties["refund_value"], refund.properties["full"]) == (29_900, True)


YOUZAN = {"订单号": "E1", "订单状态": "交易完成", "订单创建时间": "2026-11-02 10:00:00", "买家付款时间": "2026-11-02 10:01:00",
          "买家手机号": "19900000001", "归属店铺": "潮汐小店", "商品名称": "伞", "商品编码": "Y1", "商品单价": "60.00", "商品数量": "2",
          "订单实付金额": "110.00", "店铺优惠合计": "10.00", "商品已退款金额": "55.00", "运费": "0.00"}  # fmt: skip
WEIMOB = {"订单编号": "M1", "下单时间": "2026-11-02 10:00:00", "付款时间": "2026-11-02 10:01:00", "订单状态": "已完成", "客户昵称": "小雨",
          "客户ID": "88", "客户手机号": "19900000001", "商品名称": "伞", "SKU编码": "M-1", "售价": "60.00", "数量": "2", "实付金额": "120.00",
          "退款金额": "0.00"}  # fmt: skip
LINES = {"子订单编号": "11", "主订单编号": "1", "买家会员ID": "88", "买家实付金额": "50.00", "订单状态": "交易成功", "商品标题": "伞", "商品ID": "T1",
         "商品价格": "60.00", "购买数量": "1", "订单付款时间": "2026-11-02 10:01:00", "退款金额": "0.00", "技术服务费": "2.50"}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "template", "said"),
    [
        ([YOUZAN], "youzan_orders", {"value": 11_000, "discount": 1_000, "shipping": 0}),
        ([WEIMOB], "weimob_orders", {"value": 12_000}),
        (
            [LINES, LINES | {"子订单编号": "12", "商品ID": "T2", "买家实付金额": "30.00"}],
            "tmall_lines",
            {"value": 8_000, "platform_fee": 250},
        ),
    ],
)
def test_the_other_platforms(
    tmp_path: Path, rows: list[dict[str, str]], template: str, said: dict[str, Any]
) -> None:
    path = write(tmp_path, rows)
    seen = preview(path, "orders", zone="Asia/Shanghai", now=NOW)
    assert seen.template
    assert seen.template.name == template
    events, _ = load(path)
    [purchase] = [one for one in events if one.name == "purchase"]
    assert {name: purchase.properties[name] for name in said} == said
    assert len(purchase.items) == len(rows)


def test_templates_do_not_take_each_others_files() -> None:
    assert len({one.name for one in known()}) == len(known()) == 6
    for one in known():
        headings = [group[0] for group in one.needs]
        assert fitting(headings) is not None
        assert set(one.title) == {"en", "zh"}
    assert fitting(["订单号", "付款时间", "手机号", "实付金额"]) is None


def test_it_is_proposed_whatever_was_chosen(tmp_path: Path) -> None:
    seen = preview(sample("jd.csv", tmp_path), "events", zone="Asia/Shanghai", now=NOW)
    assert seen.template
    assert (seen.template.kind, seen.template.zh) == ("orders", "京东订单")


LOG = """\
203.0.113.7 - - [21/Nov/2026:10:00:00 +0800] "GET /goods/1?utm_source=wechat HTTP/1.1" 200 512 "https://x.test/" "Mozilla/5.0 (iPhone)"
203.0.113.7 - - [21/Nov/2026:10:00:01 +0800] "GET /app.js HTTP/1.1" 200 9 "-" "Mozilla/5.0 (iPhone)"
203.0.113.7 - - [21/Nov/2026:10:00:02 +0800] "POST /cart HTTP/1.1" 200 9 "-" "Mozilla/5.0 (iPhone)"
203.0.113.8 - ada [21/Nov/2026:10:00:03 +0800] "GET /me HTTP/1.1" 304 - "-" "Mozilla/5.0"
203.0.113.9 - - [21/Nov/2026:10:00:04 +0800] "GET / HTTP/1.1" 200 1 "-" "Googlebot/2.1"
203.0.113.9 - - [21/Nov/2026:10:00:05 +0800] "GET /gone HTTP/1.1" 404 1 "-" "Mozilla/5.0"
"""


def test_logs_of_a_web_server(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text(LOG + "half a li\n")
    assert preview(path, "weblog", zone="UTC", now=NOW).format == "log"
    events, done = load(path, "weblog")
    assert (done.rows, done.accepted, done.skipped, done.rejected) == (7, 2, 4, 1)
    page, me = events
    assert page.properties == {
        "page_path": "/goods/1", "page_url": "/goods/1?utm_source=wechat", "page_referrer": "https://x.test/", "utm_source": "wechat",
    }  # fmt: skip
    assert page.actor.startswith("cookie:log-")
    assert "203.0.113" not in repr(events)
    assert (me.actor, me.others[0][:11]) == ("user:ada", "cookie:log-")
    assert page.time == 1_795_226_400_000


def test_logs_as_json_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "access.json"
    path.write_text(
        '{"time_iso8601": "2026-11-21T10:00:00+08:00", "remote_addr": "203.0.113.7", "request": "GET /goods/1?utm_source=wechat HTTP/1.1", '
        '"status": 200, "http_referer": "https://x.test/", "http_user_agent": "Mozilla/5.0 (iPhone)"}\n'
    )
    [event], _ = load(path, "weblog")
    (tmp_path / "a.log").write_text(LOG)
    first = load(tmp_path / "a.log", "weblog")[0][0]
    assert (event.actor, event.properties, event.time) == (first.actor, first.properties, first.time)
