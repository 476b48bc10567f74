"""Erasing a person over HTTP: out of every answer at once, out of every byte in the end."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx

from tests.api.anna import PHONE, SHOP, WORDS, fill, left, totals, trends
from tests.api.shop import NOW, Shop
from tests.scan import traces
from tidewheel.serve.privacy.certificate import holds


def erase(client: httpx.Client, **more: Any) -> dict[str, Any]:
    reply = client.post(f"{SHOP}/erasures", json={"confirm": "shop-a", **more})
    assert reply.status_code == 202, reply.text
    return finished(client, reply.json()["id"])


def finished(client: httpx.Client, erasure: str) -> dict[str, Any]:
    for _ in range(600):
        found: dict[str, Any] = client.get(f"{SHOP}/erasures/{erasure}").json()
        assert found["error"] is None, found
        if found["state"] == "done":
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def test_nothing_is_left_in_any_byte(shop: Shop, admin: httpx.Client) -> None:
    source = fill(shop, admin)
    packed = base64.b64encode(f'{{"distinct_id": "{WORDS[0]}"}}'.encode()).decode()
    form = {"data": packed, "gzip": "9"}
    assert admin.post(f"/in/{source['write_key']}/sa", data=form).json()["error"]["code"] == "encrypted_body"
    assert admin.get(f"{SHOP}/rejected").json()["total"] == 2
    assert left(shop), "she must be found before she is erased"
    shop.installation.store("shop-a").flush()
    assert totals(admin) == [11, 34]
    done = erase(admin, identifiers=["phone:13912345678"], reason=f"asked by mail from {WORDS[1]}")
    assert left(shop) == []
    assert admin.get(f"{SHOP}/rejected").json()["total"] == 0
    assert done["certificate"]["reason"] == "asked by mail from [erased]"
    assert totals(admin) == [10, 31]
    assert done["steps"]["facts"]["events.rows"] == 9  # three purchases, each with properties and consent
    assert done["steps"]["check"] == {"files": 0}
    certificate = done["certificate"]
    assert holds(certificate)
    assert certificate["known"] == {"people": 1, "identifiers": 4, "events": 9}
    assert not holds({**certificate, "tries": 7})
    for name in WORDS:
        assert name not in str(certificate)
    page = admin.get(f"{SHOP}/erasures/{done['id']}/certificate", headers={"Accept-Language": "zh-CN"})
    assert "删除证明" in page.text
    assert certificate["hash"] in page.text


def test_she_is_out_of_sight_before_a_byte_is_gone(shop: Shop, admin: httpx.Client, monkeypatch: Any) -> None:
    fill(shop, admin)
    monkeypatch.setattr(shop.installation.erasures, "wake", lambda: None)
    reply = admin.post(f"{SHOP}/erasures", json={"confirm": "shop-a", "person": PHONE})
    assert reply.json()["state"] == "waiting"
    assert left(shop)
    assert totals(admin) == [10, 31]
    assert trends(admin)["provenance"]["left_out"] == 1
    assert admin.get(f"{SHOP}/people", params={"q": "139"}).json()["total"] == 0
    assert admin.get(f"{SHOP}/people/{PHONE}").json()["error"]["code"] == "no_such_person"
    rows = admin.post(
        f"{SHOP}/sql", json={"sql": "SELECT count(*), count(DISTINCT person) FROM events"}
    ).json()
    assert rows["rows"] == [[31, 10]]
    assert admin.post(f"{SHOP}/sql", json={"sql": "SELECT count(*) FROM persons"}).json()["rows"] == [[10]]
    assert admin.get(f"{SHOP}/segments/List/count").json()["count"] == 1


def test_a_second_time_there_is_nothing_to_do(shop: Shop, admin: httpx.Client) -> None:
    fill(shop, admin)
    erase(admin, identifiers=[PHONE])
    before = totals(admin)
    again = erase(admin, identifiers=[PHONE])
    assert again["certificate"]["known"] == {"people": 0, "identifiers": 0, "events": 0}
    assert again["steps"]["facts"]["events.rows"] == 0
    assert totals(admin) == before
    assert left(shop) == []


def test_others_keep_their_rows_with_a_mark_where_she_was_named(shop: Shop, admin: httpx.Client) -> None:
    fill(shop, admin)
    erase(admin, identifiers=[PHONE])
    found = admin.get(f"{SHOP}/people/user:user-000003/events", params={"name": "share"}).json()["events"]
    assert found[0]["properties"] == {
        "shared_by": "[erased]",
        "note": "请给[erased]打电话，或写信到[erased]吧",
        "link": "https://shop.test/?by=[erased]&tel=[erased]",
        "tags": ["[erased]", "vip"],
    }
    assert admin.get(f"{SHOP}/segments/List").json()["size"] == 1


def test_who_is_suppressed_is_refused_and_not_kept(shop: Shop, admin: httpx.Client) -> None:
    source = fill(shop, admin)
    erase(admin, identifiers=[PHONE], suppress=True)
    event = {"event": "view_item", "time": NOW, "who": {"phone": WORDS[0]}, "properties": {"name": WORDS[2]}}
    reply = admin.post("/v1/events", json=[event], headers={"X-Write-Key": source["write_key"]}).json()
    assert reply["accepted"] == 0
    assert reply["rejected"][0]["code"] == "suppressed"
    assert left(shop) == []
    assert totals(admin) == [10, 31]
    [kept] = [one for one in admin.get(f"{SHOP}/rejected").json()["items"] if one["code"] == "suppressed"]
    assert kept["body"] == ""


def test_nothing_is_kept_of_who_is_suppressed_however_broken_it_is(shop: Shop, admin: httpx.Client) -> None:
    source = fill(shop, admin)
    erase(admin, identifiers=[PHONE], suppress=True)
    key, who = source["write_key"], {"phone": f"86 {WORDS[0]}"}
    broken: list[dict[str, Any]] = [
        {"event": "view_item", "time": "soon", "who": who},
        {"event": "", "who": who},
        {"event": "view_item", "who": {"user": ["user-000001"], "member_card": [WORDS[4]]}, "time": 1},
        {"evnt": "view_item", "who": who},
        {"event": "view_item", "who": {"phone": [WORDS[0], "x" * 300]}},
    ]
    others = {"event": "view_item", "time": "soon", "who": {"user": "user-000001"}}
    reply = admin.post("/v1/events", json=[*broken, others], headers={"X-Write-Key": key}).json()
    assert len(reply["rejected"]) == 6
    admin.post(
        "/v1/events", content=f'{{"events": [{{"who": {{"phone": "{WORDS[0]}"', headers={"X-Write-Key": key}
    )
    track = {"type": "track", "event": 7, "distinct_id": WORDS[4], "properties": {"mobile": WORDS[0]}}
    admin.post(f"/in/{key}/sa", data={"data": base64.b64encode(json.dumps(track).encode()).decode()})
    assert left(shop) == []
    bodies = [one["body"] for one in admin.get(f"{SHOP}/rejected").json()["items"]]
    assert [body for body in bodies if body] == [others], "what is others' is kept"


def test_without_suppression_she_may_come_back_as_somebody_new(shop: Shop, admin: httpx.Client) -> None:
    source = fill(shop, admin)
    erase(admin, identifiers=[PHONE])
    event = {"event": "view_item", "time": NOW, "who": {"phone": WORDS[0]}}
    assert (
        admin.post("/v1/events", json=[event], headers={"X-Write-Key": source["write_key"]}).json()[
            "accepted"
        ]
        == 1
    )
    shop.installation.store("shop-a").sync()
    found = admin.get(f"{SHOP}/people/{PHONE}").json()
    assert (found["events"], found["properties"], len(found["identifiers"])) == (1, {}, 1)
    assert totals(admin) == [11, 32]


def test_it_must_be_meant(shop: Shop, admin: httpx.Client) -> None:
    fill(shop, admin)
    for body, code in (
        ({"person": PHONE}, "erasure_not_confirmed"),
        ({"confirm": "shop-a"}, "erasure_of_nobody"),
        ({"confirm": "shop-a", "person": PHONE, "identifiers": [PHONE]}, "erasure_of_nobody"),
        ({"confirm": "shop-a", "identifiers": ["anna"]}, "not_an_identifier"),
        ({"confirm": "shop-a", "person": "nobody"}, "no_such_person"),
    ):
        assert admin.post(f"{SHOP}/erasures", json=body).json()["error"]["code"] == code
    assert admin.get(f"{SHOP}/erasures").json() == {"erasures": []}
    assert admin.get(f"{SHOP}/erasures/none").json()["error"]["code"] == "no_such_erasure"


def test_what_is_told_of_identity_leaves_her_out_at_once(
    shop: Shop, admin: httpx.Client, monkeypatch: Any
) -> None:
    fill(shop, admin)
    asked = {"a": PHONE, "b": "device:device-of-anna"}
    assert admin.get(f"{SHOP}/identity/why", params=asked).json()["one_person"]
    assert WORDS[0] in admin.get(f"{SHOP}/identity/log").text
    monkeypatch.setattr(shop.installation.erasures, "wake", lambda: None)
    admin.post(f"{SHOP}/erasures", json={"confirm": "shop-a", "person": PHONE})
    assert admin.get(f"{SHOP}/identity/why", params=asked).json()["error"]["code"] == "no_such_identifier"
    log = admin.get(f"{SHOP}/identity/log")
    assert (log.json()["total"], log.json()["entries"]) == (0, [])


def test_a_blocked_value_is_taken_out_of_the_rules_in_force(shop: Shop, admin: httpx.Client) -> None:
    fill(shop, admin)
    assert admin.post(f"{SHOP}/identity/block", json={"identifier": PHONE}).status_code == 200
    erase(admin, identifiers=[PHONE])
    assert PHONE.partition(":")[2] not in shop.installation.store("shop-a").view.rules.form
    assert traces(shop.installation.settings.home, WORDS[:1]) == []
