"""A server whose clock stood ten years ahead for a while: once it is right, everything goes on as if it had never been."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pyarrow as pa
import pytest

from tests.api.shop import PASSWORD, Shop
from tests.receiver import Receiver
from tidewheel.serve import verifying
from tidewheel.serve.alarms import Alarms
from tidewheel.serve.nightly import Nightly
from tidewheel.serve.pulls import Pulls
from tidewheel.store.catalog import Delivery, connectors, projects

HERE = "/api/v1/projects/shop-a"
HOUR, DAY = 3_600_000, 86_400_000
NIGHT = int(datetime(2026, 11, 23, 3, 5, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)
YEARS = 3_653 * DAY
PURCHASES = {"series": [{"step": {"any_of": [{"event": "purchase"}]}}], "grain": "total"}
ORDERS = {
    "title": {"en": "Orders", "zh": "订单数"},
    "question": {"kind": "trends", "params": PURCHASES},
    "figure": "A",
}
LOW = {"metric": "orders", "rule": {"kind": "threshold", "below": 3}, "to": ["ops"], "cool_down": 2}
SILENT = {"arrivals": {}, "rule": {"kind": "silence"}, "to": ["ops"]}


@pytest.fixture
def more_settings(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "exports").mkdir()
    return {"private_webhooks": True, "connector_folders": str(tmp_path / "exports"), "sign_in_attempts": 2}


@pytest.fixture
def shop(shop: Shop, admin: httpx.Client, hook: Receiver) -> Shop:
    """Return a shop on an evening before the night, with somebody to tell."""
    shop.clock.now = NIGHT - 6 * HOUR
    key = admin.post(f"{HERE}/sources", json={"name": "Web"}).json()["write_key"]
    events = [
        {"event": "view_item", "time": NIGHT - hours * HOUR + n, "id": f"{hours}-{n}", "who": {"user": "u"}}
        for hours in range(7, 24 * 10)
        for n in range(6)
    ]
    old = {"event": "view_item", "time": NIGHT - 200 * DAY, "id": "old", "who": {"user": "u"}}
    assert admin.post("/v1/events", json=[*events, old], headers={"X-Write-Key": key}).status_code == 200
    shop.installation.store("shop-a").flush()
    target = {"channel": "webhook", "target": {"url": hook.url}, "language": "en"}
    assert admin.put(f"{HERE}/destinations/ops", json=target).status_code == 200
    return shop


def exported(tmp_path: Path) -> Path:
    """Return a folder with a file that lies there since the day before."""
    file = tmp_path / "exports" / "1.csv"
    file.write_text("订单号,付款时间,手机号,实付金额\nT1,2026-11-20 10:00:00,13800130001,9.90\n")
    os.utime(file, (NIGHT / 1000 - 86_400,) * 2)
    return file.parent


def test_a_night_comes_again(shop: Shop) -> None:
    nightly = Nightly(shop.installation)
    for now in (NIGHT + YEARS, NIGHT, NIGHT + DAY):
        shop.clock.now = now
        [project] = nightly.due()
        assert nightly.claim(project)
        assert not nightly.claim(project)
        report = json.dumps({"checked_at": now})
        shop.installation.store("shop-a").append_rows(verifying.REPORTS, pa.table({"report": [report]}))
        assert nightly.due() == []


def test_events_are_not_taken_for_old(shop: Shop, admin: httpx.Client) -> None:
    with shop.installation.catalog.read() as db:
        project = projects.get(db, "shop-a")
    nightly = Nightly(shop.installation)
    shop.clock.now = NIGHT
    assert nightly.expire(project) == 0
    policy = admin.get(f"{HERE}/privacy").json()["policy"]
    assert admin.put(f"{HERE}/privacy", json=policy | {"keep_months": 12}).status_code == 200
    for now in (NIGHT + YEARS, NIGHT, NIGHT + YEARS):
        shop.clock.now = now
        assert nightly.expire(project) == 0
    for now in (NIGHT, NIGHT + DAY):
        shop.clock.now = now
        nightly.expire(project)
    assert admin.put(f"{HERE}/privacy", json=policy | {"keep_months": 3}).status_code == 200
    assert nightly.expire(project) == 1


def test_connectors_are_read_again(shop: Shop, admin: httpx.Client, tmp_path: Path) -> None:
    folder = exported(tmp_path)
    for name, schedule in {"often": {"every_minutes": 60}, "nights": {"cron": "30 3 * * *"}}.items():
        body = {"kind": "folder", "place": {"folder": str(folder)}, "rows": "orders", "schedule": schedule}
        made = admin.put(f"{HERE}/connectors/{name}", json=body)
        assert made.status_code == 200, made.text
    pulls = Pulls(shop.installation)
    assert pulls.read_due() == 2
    shop.clock.now = NIGHT + YEARS
    assert pulls.read_due() == 2
    shop.clock.now = NIGHT
    assert pulls.read_due() == 0
    shop.clock.now = NIGHT + HOUR
    assert (pulls.read_due(), pulls.read_due()) == (2, 0)
    shop.clock.now += HOUR
    assert pulls.read_due() == 1


def test_a_reader_that_claimed_ahead_holds_nobody_up(shop: Shop, admin: httpx.Client, tmp_path: Path) -> None:
    body = {"kind": "folder", "place": {"folder": str(exported(tmp_path))}, "rows": "orders"}
    assert (
        admin.put(f"{HERE}/connectors/a", json=body | {"schedule": {"every_minutes": 1}}).status_code == 200
    )
    with shop.installation.catalog.write() as db:
        one = connectors.get(db, "shop-a", "a")
        assert connectors.claim(db, one, "elsewhere/1", shop.clock.now + YEARS)
    assert Pulls(shop.installation).read_due() == 1
    with shop.installation.catalog.write() as db:
        assert not connectors.hold(db, one, "elsewhere/1", shop.clock.now + YEARS, cursor={})


def test_alerts_are_judged_and_told_again(shop: Shop, admin: httpx.Client, hook: Receiver) -> None:
    assert admin.put(f"{HERE}/metrics/orders", json={"definition": ORDERS}).status_code == 200
    for name, means in {"low": LOW, "quiet": SILENT}.items():
        assert admin.put(f"{HERE}/alerts/{name}", json={"definition": means}).status_code == 200
    alarms = Alarms(shop.installation, Random(1))

    def told(now: int) -> set[str]:
        before, shop.clock.now = len(hook.received), now
        alarms.judge_due()
        alarms.send_due()
        return {json.loads(one.body)["alert"] for one in hook.received[before:]}

    assert told(NIGHT - 6 * HOUR) == set()
    ahead = told(NIGHT + YEARS)
    assert "low" in ahead
    assert told(NIGHT + YEARS + HOUR // 4) == set()
    back = told(NIGHT + DAY) | told(NIGHT + 2 * DAY) | told(NIGHT + 5 * DAY)
    assert back == {"quiet"} | ({"low"} if "low" in back else set())


def test_messages_that_wait_for_years_are_sent(shop: Shop, admin: httpx.Client, hook: Receiver) -> None:
    assert admin.put(f"{HERE}/metrics/orders", json={"definition": ORDERS}).status_code == 200
    assert admin.put(f"{HERE}/alerts/low", json={"definition": LOW}).status_code == 200
    said: dict[str, Any] = {
        "kind": "test",
        "title": "t",
        "facts": [],
        "link": None,
        "data": {},
        "language": "en",
    }
    with shop.installation.catalog.write() as db:
        db.add(
            Delivery(id="d", project_id="shop-a", name="low", start=None, destination="ops", kind="test", message=said,
                     state="waiting", attempts=3, created_at=NIGHT + YEARS, next_at=NIGHT + YEARS)
        )  # fmt: skip
    shop.clock.now = NIGHT
    alarms = Alarms(shop.installation, Random(1))
    assert (alarms.send_due(), alarms.send_due(), len(hook.received)) == (1, 0, 1)


def test_nobody_is_locked_out_or_signed_in_for_years(shop: Shop, admin: httpx.Client) -> None:
    shop.clock.now = NIGHT + YEARS
    ahead = shop.signed_in("ada@shop.test")
    wrong = {"email": "ada@shop.test", "password": "wrong horse"}
    assert [shop.client().post("/api/v1/session", json=wrong).status_code for _ in range(3)] == [
        401,
        401,
        429,
    ]
    shop.clock.now = NIGHT
    assert ahead.get("/api/v1/session").status_code == 401
    reply = shop.client().post("/api/v1/session", json={"email": "ada@shop.test", "password": PASSWORD})
    assert reply.status_code == 200
