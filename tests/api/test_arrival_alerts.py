"""Alerts about what arrives: silence and unusual hours are told once, grouped, and are over when events come again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.api.shop import Shop, opened
from tests.receiver import Receiver, receiver
from tidewheel.serve.alarms import Alarms

HERE = "/api/v1/projects/shop-a"
HOUR = 3_600_000
SILENT = {"arrivals": {}, "rule": {"kind": "silence"}, "to": ["ops"]}
VOLUME = {"arrivals": {"event": "purchase"}, "rule": {"kind": "volume"}, "to": ["ops"]}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with opened(tmp_path / "home", private_webhooks=True) as found:
        yield found


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def at(day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


class Street:
    """A shop with a web site and a mini program, whose events come hour by hour at a word."""

    def __init__(self, shop: Shop, admin: httpx.Client, hook: Receiver) -> None:
        self.shop, self.web, self.hook = shop, admin, hook
        shop.clock.now = at(1)
        self.keys = {
            name: admin.post(f"{HERE}/sources", json={"name": name}).json()["write_key"]
            for name in ("web", "mini")
        }
        target = {"url": f"{hook.url}/x"}
        self.put("destinations/ops", channel="webhook", target=target, language="en")
        self.alarms = Alarms(shop.installation, Random(1))

    def put(self, path: str, **body: Any) -> httpx.Response:
        return self.web.put(f"{HERE}/{path}", json=body)

    def come(self, source: str, event: str, first: int, last: int, each: int = 6) -> None:
        """Let ``each`` events come in every hour from ``first`` until before ``last``; it is ``last`` then."""
        self.shop.clock.now = last
        events = [
            {"event": event, "time": hour + 600_000 * place % HOUR + place, "id": f"{source}-{event}-{hour}-{place}", "who": {"user": "u"}}
            for hour in range(first, last, HOUR)
            for place in range(each)
        ]  # fmt: skip
        for start in range(0, len(events), 1_000):
            part = events[start : start + 1_000]
            sent = self.web.post("/v1/events", json=part, headers={"X-Write-Key": self.keys[source]})
            assert sent.json()["accepted"] == len(part)
        self.shop.installation.store("shop-a").flush()

    def week(self, until: int) -> None:
        for source, event in (("web", "view_item"), ("mini", "view_item"), ("mini", "purchase")):
            self.come(source, event, at(1), until)

    def look(self, moment: int) -> list[dict[str, Any]]:
        """Let it become a moment; returns what was told."""
        before = len(self.hook.received)
        self.shop.clock.now = moment
        self.alarms.judge_due()
        self.alarms.send_due()
        return [json.loads(one.body) for one in self.hook.received[before:]]

    def alert(self, name: str = "quiet") -> Any:
        return self.web.get(f"{HERE}/alerts/{name}").json()


@pytest.fixture
def street(shop: Shop, admin: httpx.Client, hook: Receiver) -> Street:
    return Street(shop, admin, hook)


def parts(said: list[dict[str, Any]]) -> list[tuple[str, str | None, str | None]]:
    return [(one.get("way", "well"), one["source"], one["event"]) for one in said]


def test_a_source_that_fell_silent_whole_is_one_message_and_is_well_again_once(street: Street) -> None:
    street.week(at(7, 12))
    street.put("alerts/quiet", definition=SILENT)
    assert street.look(at(7, 12)) == []
    street.come("web", "view_item", at(7, 12), at(7, 19))
    [fired] = street.look(at(7, 14))
    assert (fired["kind"], parts(fired["fired"])) == ("fired", [("silent", "mini", None)])
    assert fired["title"] == "mini fell silent: no event of any kind for 2 h 9 min, about 26 missing"
    facts = {one["name"]: one["value"] for one in fired["facts"]}
    assert facts["Silent"].startswith("mini, last event 2026-11-07 11:50, 2 h 9 min ago")
    assert "write key" in facts["Look first at"]
    found = street.alert()
    assert (found["state"], [(one["source"], one["event"]) for one in found["bad_parts"]]) == (
        "bad", [("mini", None)],
    )  # fmt: skip
    assert street.look(at(7, 15)) == []
    street.alarms = Alarms(street.shop.installation, Random(2))
    assert street.look(at(7, 16)) == []
    street.come("mini", "view_item", at(7, 16), at(7, 17))
    said = street.look(at(7, 17))
    assert [(one["kind"], parts(one["fired"]), parts(one["recovered"])) for one in said] == [
        ("fired", [("silent", "mini", "purchase")], [("well", "mini", None)]),
    ]  # fmt: skip
    street.come("mini", "purchase", at(7, 17), at(7, 18))
    [recovered] = street.look(at(7, 18))
    assert recovered["kind"] == "recovered"
    assert recovered["title"] == "“Purchase” from mini is back after 6 h 9 min of silence"
    found = street.alert()
    assert (found["state"], found["bad_parts"]) == ("fine", [])
    assert [one["news"] for one in found["checks"]] == ["recovered", "fired", "fired"]
    assert [one["state"] for one in found["deliveries"]] == ["sent"] * 3


def test_when_nothing_arrives_at_all_that_is_what_is_said(street: Street) -> None:
    street.week(at(7, 12))
    street.put("alerts/quiet", definition=SILENT)
    [fired] = street.look(at(7, 14))
    assert parts(fired["fired"]) == [("silent", None, None)]
    assert fired["title"].startswith("Every source fell silent")


def test_two_servers_and_a_test_message_tell_no_news_twice(street: Street) -> None:
    street.week(at(7, 12))
    street.put("alerts/quiet", definition={**SILENT, "arrivals": {"source": "mini", "event": "purchase"}})
    other = Alarms(street.shop.installation, Random(2))
    street.shop.clock.now = at(7, 14)
    assert street.alarms.judge_due() + other.judge_due() == 1
    street.shop.clock.now += 6 * 60_000
    assert street.alarms.judge_due() + other.judge_due() == 0
    checked = street.web.post(f"{HERE}/alerts/quiet/check").json()
    assert checked == {"check": None, "again": False, "problem": None}
    [sent] = street.web.post(f"{HERE}/alerts/quiet/test").json()["deliveries"]
    assert sent["state"] == "sent"
    assert sent["title"] == "Test: arrivals: events watched: 1, bad now: “Purchase” from mini"


def test_what_was_refused_since_stands_in_the_message(street: Street) -> None:
    street.week(at(7, 12))
    street.put("alerts/quiet", definition={**SILENT, "arrivals": {"source": "mini"}})
    bad = [{"event": "$x", "who": {"user": "u"}}] * 3
    street.web.post("/v1/events", json=bad, headers={"X-Write-Key": street.keys["mini"]})
    [fired] = street.look(at(7, 14))
    assert fired["refused"] == [{"source": "mini", "count": 3, "code": "reserved_name"}]
    assert {"name": "Refused since then", "value": "mini: 3, most for reserved_name"} in fired["facts"]


def test_muted_nothing_is_told_and_what_is_bad_afterwards_is(street: Street) -> None:
    street.week(at(7, 12))
    street.put("alerts/quiet", definition={**SILENT, "remind_after": 4})
    street.web.post(f"{HERE}/alerts/quiet/mute", json={"until": at(7, 18)})
    assert street.look(at(7, 14)) == []
    assert street.alert()["state"] == "bad"
    assert [len(street.look(at(7, hour))) for hour in (18, 19, 21, 22, 23)] == [1, 0, 0, 1, 0]


def test_an_hour_out_of_the_usual_is_told_once_it_is_over_and_waited_for(street: Street) -> None:
    street.come("web", "purchase", at(1), at(29, 10), each=40)
    street.put("alerts/few", definition=VOLUME)
    street.come("web", "purchase", at(29, 10), at(29, 12), each=40)
    assert street.look(at(29, 12, 15)) == []
    street.come("web", "purchase", at(29, 12), at(29, 13), each=2)
    assert street.look(at(29, 13, 14)) == []
    [fired] = street.look(at(29, 13, 15))
    assert fired["title"] == (
        "“Purchase” from web: unusually few, 2 instead of about 40 · 2026-11-29 12:00–13:00"
    )
    assert parts(fired["fired"]) == [("low", "web", "purchase")]
    street.come("web", "purchase", at(29, 13), at(29, 14), each=90)
    assert [parts(one["fired"]) for one in street.look(at(29, 14, 16))] == []
    street.come("web", "purchase", at(29, 14), at(29, 15), each=41)
    assert [one["kind"] for one in street.look(at(29, 15, 16))] == ["recovered"]


def test_it_is_tried_on_the_past_before_it_is_set(street: Street) -> None:
    street.week(at(7, 12))
    street.come("mini", "purchase", at(7, 15), at(7, 18))
    body = {"definition": {**SILENT, "arrivals": {"source": "mini", "event": "purchase"}}, "periods": 12}
    tried = street.web.post(f"{HERE}/alerts/preview", json=body).json()
    assert tried["fired"] == 1
    told = [(one["start"][11:16], one["news"]) for one in tried["points"] if one["news"]]
    assert told == [("05:00", "fired"), ("07:00", "recovered")]
    assert [one["value"] for one in tried["points"]][-6:] == [0, 0, 0, 6, 6, 6]
    assert street.web.get(f"{HERE}/alerts").json()["alerts"] == []


def test_what_can_never_be_said_is_said(street: Street) -> None:
    street.week(at(2, 12))
    street.put("alerts/typo", definition={**SILENT, "arrivals": {"event": "purchas"}})
    street.put("alerts/early", definition=SILENT)
    assert street.look(at(2, 14)) == []
    assert "no such event" in street.alert("typo")["problem"]["en"]
    assert "too little" in street.alert("early")["problem"]["en"]
    assert street.alert("typo")["state"] == "unclear"
    wrong = street.put("alerts/x", definition={**SILENT, "arrivals": {"source": "app"}})
    assert wrong.json()["error"]["code"] == "no_such_source"
    wrong = street.put("alerts/x", definition={**SILENT, "metric": "gmv"})
    assert wrong.json()["error"]["code"] == "bad_alert"


def test_sources_that_are_off_or_read_files_are_not_missed(street: Street) -> None:
    street.week(at(7, 12))
    street.web.patch(f"{HERE}/sources/mini", json={"enabled": False})
    street.web.delete(f"{HERE}/sources/web")
    street.put("alerts/quiet", definition=SILENT)
    assert street.look(at(7, 14)) == []
    assert "no such event" in street.alert()["problem"]["en"]


def test_they_are_kept_in_files_beside_those_of_metrics(street: Street) -> None:
    street.week(at(2))
    body = {"metrics": {}, "alerts": {"quiet": SILENT}}
    told = street.web.post(f"{HERE}/metrics/apply", json=body).json()["changes"]
    assert [(one["what"], one["name"], one["change"]) for one in told] == [("alert", "quiet", "added")]
    told = street.web.post(f"{HERE}/metrics/apply", json=body).json()["changes"]
    assert [(one["name"], one["change"]) for one in told] == [("quiet", "same")]
