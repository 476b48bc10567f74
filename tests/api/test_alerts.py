"""Alerts over HTTP: judged once a period, told to real receivers, quiet when they should be."""

from __future__ import annotations

import json
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.api.shop import Shop
from tests.receiver import Receiver
from tidewheel.serve.alarms import Alarms
from tidewheel.store.catalog import metrics

HERE = "/api/v1/projects/shop-a"
DAY = 86_400_000
ORDERS = {
    "title": {"en": "Orders", "zh": "订单数"},
    "question": {
        "kind": "trends",
        "params": {"series": [{"step": {"any_of": [{"event": "purchase"}]}}], "grain": "total"},
    },
    "figure": "A",
}
LOW = {"metric": "orders", "rule": {"kind": "threshold", "below": 3}, "to": ["ops"]}


@pytest.fixture
def more_settings() -> dict[str, Any]:
    return {"private_webhooks": True, "public_url": "https://shop.test/"}


def at(day: int, hour: int = 0, minute: int = 20) -> int:
    return int(datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


class Seller:
    """A shop whose orders of each day are told to it, and whose days pass at a word."""

    def __init__(self, shop: Shop, admin: httpx.Client, hook: Receiver) -> None:
        self.shop, self.web, self.hook = shop, admin, hook
        shop.clock.now = at(1)
        self.key = admin.post(f"{HERE}/sources", json={"name": "Web"}).json()["write_key"]
        assert self.put("metrics/orders", definition=ORDERS).status_code == 200
        target = {"url": f"{hook.url}/secret-path", "secret": "hush"}
        self.put("destinations/ops", channel="webhook", target=target, language="en")
        self.alarms = Alarms(shop.installation, Random(1))

    def put(self, path: str, **body: Any) -> httpx.Response:
        return self.web.put(f"{HERE}/{path}", json=body)

    def sell(self, day: int, count: int) -> None:
        """Sell at nine in the morning; it is half past nine then."""
        self.shop.clock.now = at(day, 9, 30)
        events = [
            {"event": "purchase", "time": at(day, 9) + one, "id": f"{day}-{one}-{self.shop.clock.now}",
             "who": {"user": "u"}}
            for one in range(count)
        ]  # fmt: skip
        if events:
            sent = self.web.post("/v1/events", json=events, headers={"X-Write-Key": self.key})
            assert sent.json()["accepted"] == count
        self.shop.installation.store("shop-a").flush()

    def morning(self, day: int) -> int:
        """Let the night pass; returns how many messages came in."""
        before = len(self.hook.received)
        self.shop.clock.now = at(day)
        self.alarms.judge_due()
        self.alarms.send_due()
        return len(self.hook.received) - before

    def last(self) -> Any:
        return json.loads(self.hook.received[-1].body)

    def history(self, name: str = "low") -> Any:
        return self.web.get(f"{HERE}/alerts/{name}").json()


@pytest.fixture
def seller(shop: Shop, admin: httpx.Client, hook: Receiver) -> Seller:
    return Seller(shop, admin, hook)


def code(reply: httpx.Response) -> str:
    return str(reply.json()["error"]["code"])


def test_it_tells_when_it_turns_bad_and_when_it_is_well_again(seller: Seller) -> None:
    assert seller.put("alerts/low", definition=LOW).json()["state"] == "waiting"
    told = []
    for day, count in ((1, 4), (2, 1), (3, 0), (4, 5)):
        seller.sell(day, count)
        told.append(seller.morning(day + 1))
    assert told == [0, 1, 0, 1]
    fired, recovered = (json.loads(one.body) for one in seller.hook.received)
    assert (fired["kind"], fired["value"], fired["low"], fired["alert"]) == ("fired", 1, 3, "low")
    assert fired["title"] == "Orders: 1, under 3 · 2026-11-02"
    assert fired["period"]["start"] == "2026-11-02T00:00:00+08:00"
    assert fired["link"] == "https://shop.test/p/shop-a/alerts?open=low"
    assert {"name": "Period", "value": "2026-11-02 (Asia/Shanghai)"} in fired["facts"]
    assert (recovered["kind"], recovered["value"]) == ("recovered", 5)
    found = seller.history()
    assert [(one["bad"], one["news"]) for one in found["checks"]] == [
        (False, "recovered"), (True, None), (True, "fired"), (False, None),
    ]  # fmt: skip
    assert [(one["kind"], one["state"]) for one in found["deliveries"]] == [
        ("recovered", "sent"), ("fired", "sent"),
    ]  # fmt: skip


def test_a_period_is_judged_when_it_is_over_and_late_events_had_their_time(seller: Seller) -> None:
    seller.put("alerts/low", definition=LOW)
    seller.shop.clock.now = at(2, minute=14)
    assert seller.alarms.judge_due() == 0
    seller.shop.clock.now = at(2, minute=15)
    assert seller.alarms.judge_due() == 1
    assert seller.alarms.judge_due() == 0
    seller.shop.clock.now = at(9, hour=18)
    assert seller.alarms.judge_due() == 1
    assert [one["start"][:10] for one in seller.history()["checks"]] == ["2026-11-07", "2026-10-31"]


def test_a_new_alert_says_nothing_of_days_before_it(seller: Seller) -> None:
    seller.put("alerts/low", definition=LOW)
    assert seller.morning(1) == 0
    assert seller.history()["checks"] == []
    checked = seller.web.post(f"{HERE}/alerts/low/check").json()
    assert (checked["check"]["value"], checked["check"]["news"], checked["again"]) == (0, "fired", False)
    assert seller.web.post(f"{HERE}/alerts/low/check").json()["again"]


def test_a_restart_and_a_second_server_tell_nothing_twice(seller: Seller, shop: Shop) -> None:
    seller.put("alerts/low", definition=LOW)
    assert seller.morning(2) == 1
    seller.alarms = Alarms(shop.installation, Random(2))
    assert seller.morning(2) == 0
    assert seller.morning(3) == 0


def test_nobody_is_told_while_it_is_muted(seller: Seller) -> None:
    seller.put("alerts/low", definition=LOW)
    muted = seller.web.post(f"{HERE}/alerts/low/mute", json={"until": at(3, 12)})
    assert muted.json()["muted_until"].startswith("2026-11-03")
    assert [seller.morning(day) for day in (2, 3, 4)] == [0, 0, 1]
    assert [one["muted"] for one in seller.history()["checks"]] == [False, True, True]


def test_a_running_day_is_told_once_as_soon_as_it_is_over_the_limit(seller: Seller) -> None:
    definition = {**LOW, "rule": {"kind": "threshold", "above": 2}, "running": True}
    seller.put("alerts/low", definition=definition)
    seller.sell(1, 3)
    told = []
    for hour in (10, 11, 13, 14):
        before = len(seller.hook.received)
        seller.shop.clock.now = at(1, hour)
        seller.alarms.judge_due()
        seller.alarms.send_due()
        told.append(len(seller.hook.received) - before)
    assert told == [1, 0, 0, 0]
    assert seller.last()["period"]["complete"] is False
    assert seller.morning(2) == 0
    wrong = seller.put("alerts/x", definition={**LOW, "running": True})
    assert code(wrong) == "bad_alert"


def test_what_fails_is_sent_again_later_and_given_up_at_last(seller: Seller) -> None:
    seller.put("alerts/low", definition=LOW)
    seller.hook.answers += [(503, b"")] * 3
    assert seller.morning(2) == 1
    [waiting] = seller.history()["deliveries"]
    assert (waiting["state"], waiting["attempts"]) == ("waiting", 1)
    assert waiting["error"].endswith("answered with status 503.")
    assert seller.alarms.send_due() == 0
    for _ in range(3):
        seller.shop.clock.now += 3_600_000
        seller.alarms.send_due()
    [sent] = seller.history()["deliveries"]
    assert (sent["state"], sent["attempts"], sent["error"]) == ("sent", 4, None)
    ids = {one.headers["Tidewheel-Delivery"] for one in seller.hook.received}
    assert len(ids) == 1
    seller.put("destinations/ops", channel="webhook", target={"url": f"{seller.hook.url}/gone"})
    seller.hook.answers.append((410, b""))
    seller.web.post(f"{HERE}/alerts/low/test")
    assert seller.history()["deliveries"][0]["state"] == "failed"


def test_a_test_message_is_marked_and_kept(seller: Seller) -> None:
    seller.put("alerts/low", definition=LOW)
    [sent] = seller.web.post(f"{HERE}/alerts/low/test").json()["deliveries"]
    assert (sent["kind"], sent["state"], sent["destination"]) == ("test", "sent", "ops")
    assert seller.last()["title"].startswith("Test: Orders is 0")
    assert seller.web.post(f"{HERE}/destinations/ops/test").json() == {"sent": True, "error": None}
    for asker, word in (("en", "answered with status"), ("zh-CN", "返回状态码")):
        seller.hook.answers.append((410, b""))
        headers = {"Accept-Language": asker}
        assert word in seller.web.post(f"{HERE}/destinations/ops/test", headers=headers).json()["error"]
    seller.put("alerts/mute", definition={**LOW, "to": []})
    assert code(seller.web.post(f"{HERE}/alerts/mute/test")) == "no_destination"


def test_secrets_never_come_back(seller: Seller, people: dict[str, httpx.Client]) -> None:
    seller.put("alerts/low", definition=LOW)
    texts = [people["viewer"].get(f"{HERE}/{path}").text for path in ("destinations", "alerts", "alerts/low")]
    texts.append(seller.put("destinations/ops", channel="webhook", target={"format": "feishu"}).text)
    bad = seller.put(
        "destinations/ops", channel="webhook", target={"url": "ftp://secret-path", "secret": "hush"}
    )
    assert code(bad) == "bad_destination"
    texts.append(bad.text)
    seller.hook.answers.append((500, b""))
    texts.append(seller.web.post(f"{HERE}/alerts/low/test").text)
    assert not [text for text in texts if "secret-path" in text or "hush" in text]
    assert seller.hook.received[-1].path == "/secret-path"
    shown = people["viewer"].get(f"{HERE}/destinations").json()["destinations"][0]
    assert shown["secrets"] == ["secret", "url"]
    assert shown["place"] == seller.hook.url.removeprefix("http://")


def test_a_definition_is_tried_on_the_past(seller: Seller) -> None:
    for day, count in ((1, 4), (2, 1), (3, 0), (4, 5), (5, 2)):
        seller.sell(day, count)
    seller.shop.clock.now = at(6)
    tried = seller.web.post(f"{HERE}/alerts/preview", json={"definition": LOW, "periods": 5}).json()
    assert tried["fired"] == 2
    assert [one["news"] for one in tried["points"]] == [None, "fired", None, "recovered", "fired"]
    band = {"metric": "orders", "rule": {"kind": "anomaly"}, "direction": "both"}
    points = seller.web.post(f"{HERE}/alerts/preview", json={"definition": band, "periods": 2}).json()[
        "points"
    ]
    assert [(one["expected"], one["bad"]) for one in points] == [(0, True), (0, True)]
    assert all(one["low"] < 0 < one["high"] < one["value"] for one in points)
    assert seller.web.get(f"{HERE}/alerts").json()["alerts"] == []


def test_what_it_rests_on_must_be_there_and_stays(seller: Seller) -> None:
    assert code(seller.put("alerts/low", definition={**LOW, "metric": "order"})) == "no_such_metric"
    assert code(seller.put("alerts/low", definition={**LOW, "to": ["op"]})) == "no_such_destination"
    assert code(seller.put("alerts/low", definition={**LOW, "rule": {"kind": "guess"}})) == "bad_alert"
    assert (
        code(seller.put("destinations/Ops!", channel="mail", target={"addresses": ["a@b.c"]}))
        == "bad_destination"
    )
    assert code(seller.put("destinations/x", channel="pigeon", target={})) == "unknown_name"
    seller.put("alerts/low", definition=LOW)
    assert code(seller.web.delete(f"{HERE}/metrics/orders")) == "metric_used"
    assert code(seller.web.delete(f"{HERE}/destinations/ops")) == "destination_used"
    used = seller.web.get(f"{HERE}/metrics/orders").json()["used"]
    assert used == [{"kind": "alert", "id": "low", "name": "low", "title": {"en": "low", "zh": "low"}}]
    assert seller.web.delete(f"{HERE}/alerts/low").json() == {"ok": True}
    assert code(seller.web.get(f"{HERE}/alerts/low")) == "no_such_alert"
    assert seller.web.delete(f"{HERE}/destinations/ops").json() == {"ok": True}


def test_alerts_are_applied_with_metrics_all_or_none(seller: Seller) -> None:
    both = {"metrics": {"orders": ORDERS, "more": ORDERS}, "alerts": {"low": {**LOW, "metric": "more"}}}
    told = seller.web.post(f"{HERE}/metrics/apply", json={**both, "dry_run": True}).json()["changes"]
    assert [(one["what"], one["name"], one["change"]) for one in told] == [
        ("metric", "more", "added"), ("metric", "orders", "same"), ("alert", "low", "added"),
    ]  # fmt: skip
    assert seller.web.get(f"{HERE}/alerts").json()["alerts"] == []
    wrong = {**both, "alerts": {"low": {**LOW, "to": ["nowhere"]}}}
    assert code(seller.web.post(f"{HERE}/metrics/apply", json=wrong)) == "no_such_destination"
    assert len(seller.web.get(f"{HERE}/metrics").json()["metrics"]) == 1
    seller.web.post(f"{HERE}/metrics/apply", json=both)
    pruned = {"metrics": {"orders": ORDERS}, "prune": True}
    assert code(seller.web.post(f"{HERE}/metrics/apply", json=pruned)) == "metric_used"
    gone = seller.web.post(f"{HERE}/metrics/apply", json={**pruned, "alerts": {}}).json()["changes"]
    assert [(one["name"], one["change"]) for one in gone] == [
        ("more", "removed"), ("orders", "same"), ("low", "removed"),
    ]  # fmt: skip


def test_what_cannot_be_worked_out_is_told_and_tried_again(seller: Seller, shop: Shop) -> None:
    seller.put("alerts/low", definition=LOW)
    broken = {**ORDERS, "question": {**ORDERS["question"], "kind": "gone"}}  # type: ignore[dict-item]
    with shop.installation.catalog.write() as db:
        metrics.put(db, project_id="shop-a", name="orders", definition=broken, by="x", why="", now=1)
    assert seller.morning(2) == 0
    [listed] = seller.web.get(f"{HERE}/alerts").json()["alerts"]
    assert "gone" in listed["problem"]["en"]
    seller.put("metrics/orders", definition=ORDERS)
    assert seller.morning(2) == 0
    shop.clock.now += 16 * 60_000
    assert seller.alarms.judge_due() == 1
    assert seller.web.get(f"{HERE}/alerts").json()["alerts"][0]["problem"] is None


def test_the_threads_end_with_the_server(shop: Shop) -> None:
    alarms = Alarms(shop.installation)
    alarms.start()
    alarms.close()
    alarms.close()
