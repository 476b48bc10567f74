"""Verification of a release, volumes and silence over HTTP."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import httpx
import pytest

from tests.api.shop import NOW, Shop
from tests.api.test_plan import EVENTS, HERE, PLAN, apply, key, send
from tidewheel.core.period import HOUR
from tidewheel.serve.release_report import as_markdown

__all__ = ["key"]
VERSION = {"app_version": "2.4"}


@pytest.fixture
def walked(admin: httpx.Client, shop: Shop, key: str) -> httpx.Client:
    """Somebody has walked through version 2.4 of the app; 2.3 was worse."""
    properties = {
        "order_id": {"type": "text"},
        "value": {"type": "money"},
        "app_version": {"type": "text", "everywhere": True},
        "steps": {"type": "number", "everywhere": True},
    }
    events = {
        **EVENTS,
        "refund": {"status": "planned", "required": ["order_id"], "who": ["phone"]},
        "login": {},
        "old": {"status": "deprecated"},
    }
    apply(admin, events=events, properties=properties)
    send(
        shop,
        key,
        {"event": "purchase", "properties": {"order_id": "1", "value": 5, **VERSION}},
        {
            "event": "purchase",
            "properties": {"order_id": "2", "value": 5, "steps": "x13812345678", **VERSION},
        },
        {"event": "purchase", "properties": {"app_version": "2.3"}, "who": {"device": "d2"}},
        {"event": "login", "properties": VERSION, "who": {"device": "d3", "phone": "+8613800000000"}},
        {"event": "refund", "properties": {"order_id": "1", **VERSION}, "who": {"phone": "+8613800000000"}},
        {"event": "poke", "properties": VERSION},
    )
    return admin


def verify(client: httpx.Client, **body: Any) -> dict[str, Any]:
    return dict(client.post(f"{PLAN}/verify", json=body).json())


def test_a_release_is_held_against_the_plan(walked: httpx.Client) -> None:
    found = verify(walked, where="app_version=2.4", source="web")
    events = {one["name"]: one for one in found["events"]}
    assert (found["wanted"], found["seen"], found["met"], found["looked_at"]) == (3, 3, False, 5)
    purchase = events["purchase"]
    assert (purchase["count"], purchase["clean"], purchase["met"]) == (2, 1, False)
    held = {one["name"]: one for one in purchase["properties"]}
    assert (held["value"]["present"], held["value"]["required"], held["value"]["violations"]) == (2, True, 0)
    assert (held["steps"]["codes"], held["steps"]["samples"]) == ({"plan_wrong_type": 1}, ["x138••••78"])
    assert events["refund"]["met"]
    assert events["login"]["met"]
    assert (events["poke"]["planned"], events["poke"]["codes"]) == (False, {"plan_unknown_event": 1})
    assert (events["old"]["wanted"], events["old"]["met"]) == (False, True)
    assert verify(walked, where="app_version=2.4", source="web") == found


def test_a_device_alone_and_chosen_events(walked: httpx.Client) -> None:
    found = verify(walked, device="device:d1", events=["purchase"])
    assert (found["wanted"], found["seen"], found["looked_at"]) == (1, 1, 3)
    good = verify(walked, device="phone:+8613800000000", events=["refund"])
    assert (good["met"], good["share"]) == (True, 1)
    missing = verify(walked, device="device:nobody")
    assert (missing["met"], missing["seen"]) == (False, 0)


def test_blocked_events_are_told(walked: httpx.Client, shop: Shop, key: str) -> None:
    walked.patch(f"{HERE}/sources/web", json={"plan_mode": "block"})
    send(shop, key, {"event": "purchase", "properties": {"order_id": "9"}})
    purchase = next(one for one in verify(walked)["events"] if one["name"] == "purchase")
    assert purchase["blocked"] == 1


def test_the_report_as_csv_and_markdown(walked: httpx.Client) -> None:
    reply = walked.post(f"{PLAN}/verify.csv", json={"where": "app_version=2.4"})
    rows = list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert [row["met"] for row in rows if row["event"] == "purchase" and not row["property"]] == ["False"]
    assert json.loads(next(row["samples"] for row in rows if row["property"] == "steps")) == "x138••••78"
    report = verify(walked, where="app_version=2.4")
    assert (
        "| ✗ | `purchase` Purchase | live | 2 | 50.0% | 0 | `steps` plan_wrong_type × 1 (x138••••78) |"
        in as_markdown(report, "en")
    )
    assert "发版埋点验收" in as_markdown(report, "zh")


def test_a_viewer_may_have_the_report_as_csv(walked: httpx.Client, people: dict[str, httpx.Client]) -> None:
    reply = people["viewer"].post(f"{PLAN}/verify.csv", json={"where": "app_version=2.4"})
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/csv; charset=utf-8")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"since": "yesterday"}, "bad_moment"),
        ({"where": "2.4"}, "bad_where"),
        ({"source": "wbe"}, "unknown_name"),
        ({"events": ["purchas"]}, "unknown_name"),
    ],
)
def test_a_run_that_cannot_be(walked: httpx.Client, body: dict[str, Any], code: str) -> None:
    reply = walked.post(f"{PLAN}/verify", json=body)
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, code)


def test_without_a_plan_there_is_nothing_to_verify(admin: httpx.Client) -> None:
    assert admin.post(f"{PLAN}/verify", json={}).json()["error"]["code"] == "no_plan"


def test_volumes_and_silence(admin: httpx.Client, shop: Shop, key: str) -> None:
    hour = NOW // HOUR
    past = [hour - 24 * day - back for day in range(6) for back in range(4, 9)]
    send(
        shop,
        key,
        *(
            {"event": "purchase", "id": f"{at}-{i}", "time": at * HOUR + i, "properties": {"order_id": "1"}}
            for at in past
            for i in range(20)
        ),
        *({"event": "login", "id": i, "time": NOW - i} for i in range(3)),
    )
    shop.clock.now = NOW + 22 * HOUR
    quiet, loud = admin.get(f"{HERE}/quality/volumes", params={"hours": 31}).json()["volumes"]
    assert (quiet["event"], quiet["source"], loud["silent"]) == ("purchase", "web", None)
    assert quiet["silent"]["hours"] == pytest.approx((shop.clock.now - ((hour - 4) * HOUR + 19)) / HOUR)
    assert quiet["silent"]["missing"] == pytest.approx(100, abs=20)
    assert sum(one["count"] for one in quiet["hours"]) == 100
    assert len(quiet["hours"]) == 31
