"""Consents over HTTP: how they come in, what follows, who is left out of answers."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import httpx

from tests.api.anna import PHONE, SHOP, WORDS, fill, totals, trends
from tests.api.shop import NOW, Shop
from tests.scan import in_bytes

HOUR = 3_600_000


def allowed(client: httpx.Client, purpose: str, channel: str = "any", who: str = PHONE) -> tuple[bool, str]:
    reply = client.get(f"{SHOP}/people/{who}/may-contact", params={"purpose": purpose, "channel": channel})
    assert reply.status_code == 200, reply.text
    return reply.json()["allowed"], reply.json()["reason"]


def send(admin: httpx.Client, source: Any, *events: dict[str, Any]) -> dict[str, Any]:
    reply = admin.post("/v1/events", json=list(events), headers={"X-Write-Key": source["write_key"]})
    assert reply.status_code in {200, 422}, reply.text
    said: dict[str, Any] = reply.json()
    return said


def test_what_was_said_decides(shop: Shop, admin: httpx.Client) -> None:
    source = fill(shop, admin)
    assert allowed(admin, "marketing", "sms") == (True, "granted")
    assert allowed(admin, "marketing", "email") == (False, "no_consent")
    assert allowed(admin, "personalisation", "push") == (True, "not_asked")
    said = {"purpose": "marketing", "state": "withdrawn"}
    send(admin, source, {"who": {"openid": f"wx1/{WORDS[5]}"}, "time": NOW - 10, "consent": [said]})
    shop.installation.store("shop-a").sync()
    assert allowed(admin, "marketing", "sms") == (False, "withdrawn")
    body = {
        "purpose": "marketing",
        "channel": "email",
        "state": "granted",
        "evidence": "by phone",
        "version": "2026-11",
    }
    reply = admin.post(f"{SHOP}/people/{PHONE}/consents", json=body)
    assert reply.status_code == 201, reply.text
    assert allowed(admin, "marketing", "email") == (True, "granted")
    assert allowed(admin, "marketing", "sms") == (False, "withdrawn")
    latest = reply.json()["ledger"][0]
    assert (latest["state"], latest["evidence"], latest["source"]) == (
        "granted",
        "by phone",
        "by ada@shop.test",
    )
    assert len(reply.json()["ledger"]) == 5


def test_who_withdraws_analytics_is_left_out_of_answers(shop: Shop, admin: httpx.Client) -> None:
    source = fill(shop, admin)
    assert totals(admin) == [11, 34]
    said = {"purpose": "analytics", "state": "withdrawn"}
    send(admin, source, {"who": {"phone": WORDS[0]}, "time": NOW - 5, "consent": [said]})
    shop.installation.store("shop-a").sync()
    answer = trends(admin)
    assert [line["total"] for line in answer["result"]["lines"]] == [10, 31]
    assert (answer["provenance"]["left_out"], answer["provenance"]["people"]) == (1, 10)
    sql = {"sql": "SELECT count(*), count(DISTINCT person) FROM events"}
    assert admin.post(f"{SHOP}/sql", json=sql).json()["rows"] == [[31, 10]]
    assert admin.get(f"{SHOP}/people/{PHONE}").status_code == 200, "she is still a customer"
    checked = admin.post(f"{SHOP}/verify", json={"sample": 1.0}).json()
    assert checked["agreed"], [one for one in checked["verdicts"] if one["differences"]]
    policy = admin.get(f"{SHOP}/privacy").json()["policy"]
    admin.put(f"{SHOP}/privacy", json={**policy, "leave_out_withdrawn": False})
    assert totals(admin) == [11, 34]
    send(
        admin,
        source,
        {"who": {"phone": WORDS[0]}, "time": NOW - 4, "consent": [{**said, "state": "granted"}]},
    )
    admin.put(f"{SHOP}/privacy", json=policy)
    shop.installation.store("shop-a").sync()
    assert totals(admin) == [11, 34]


def test_what_cannot_be_read_says_why(shop: Shop, admin: httpx.Client) -> None:
    source = fill(shop, admin)
    for consent, field in (
        ({"purpose": "marketing", "state": "yes"}, "consent[0].state"),
        ({"purpose": "Marketing!", "state": "granted"}, "consent[0].purpose"),
        ({"purpose": "marketing", "state": "granted", "chanel": "sms"}, "consent[0].chanel"),
    ):
        [refused] = send(admin, source, {"who": {"phone": WORDS[0]}, "consent": [consent]})["rejected"]
        assert refused["field"] == field
        assert refused["code"] in {"bad_consent", "unknown_consent_field"}
    for body, field in (
        ({"purpose": "marketting"}, "purpose"),
        ({"purpose": "marketing", "channel": "fax"}, "channel"),
    ):
        reply = admin.post(f"{SHOP}/people/{PHONE}/consents", json={"state": "granted", **body})
        assert (reply.json()["error"]["code"], reply.json()["error"]["field"]) == ("unknown_consent", field)


def test_consents_come_in_by_file(shop: Shop, admin: httpx.Client) -> None:
    fill(shop, admin)
    text = f"手机号,用途,渠道,是否同意,时间\n{WORDS[0]},marketing,sms,撤回,2026-11-22 09:00:00\n{WORDS[0]},marketing,email,同意,2026-11-22 08:00:00\n"
    shop.clock.now = NOW + 86_400_000
    file = ("consents.csv", text.encode(), "text/csv")
    looked = admin.post(f"{SHOP}/imports/preview", files={"file": file}, data={"kind": "consents"}).json()
    assert looked["problems"] == [], looked
    loaded = admin.post(f"{SHOP}/imports", json={"upload_id": looked["upload_id"], "kind": "consents"}).json()
    assert (loaded["accepted"], loaded["rejected"]) == (2, 0), loaded
    assert allowed(admin, "marketing", "sms") == (False, "withdrawn")
    assert allowed(admin, "marketing", "email") == (True, "granted")


def test_everything_known_about_one_person_is_handed_over(shop: Shop, admin: httpx.Client) -> None:
    source = fill(shop, admin)
    who = {"phone": WORDS[0]}
    send(admin, source, {"event": "robbed", "who": who, "properties": {"user_agent": "curl/8.5"}})
    send(admin, source, {"who": who, "time": NOW - 60_000, "person": {"set": {"lives_in": "Fuzhou"}}})
    send(admin, source, {"who": who, "time": NOW - 30_000, "person": {"set": {"lives_in": "Xiamen"}}})
    reply = admin.get(f"{SHOP}/people/{PHONE}/export")
    assert reply.headers["content-type"] == "application/zip"
    assert in_bytes(reply.content, WORDS) == WORDS
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.namelist() == [
            "person.json", "identifiers.json", "links.json", "suggestions.json", "properties.json", "consents.json", "segments.json",
            "messages.json", "events.json", "rejected.json", "index.html", "index.zh-CN.html",
        ]  # fmt: skip
        assert b'"List"' in archive.read("segments.json")
        assert archive.read("events.json").count(b'"purchase"') == 3
        # what no question counts: a visit taken for a program's, and what was said of them before
        assert archive.read("events.json").count(b'"robbed"') == 1
        assert b"Xiamen" in archive.read("properties.json")
        assert b"Fuzhou" in archive.read("events.json")
        assert "全部行为" in archive.read("index.zh-CN.html").decode()
    [noted] = [
        one for one in admin.get("/api/v1/audit").json()["entries"] if one["action"] == "person_exported"
    ]
    assert WORDS[0] not in str(noted)


def test_what_was_refused_is_handed_over_where_it_is_theirs_alone(shop: Shop, admin: httpx.Client) -> None:
    source = fill(shop, admin)
    tablet = {"device": "tablet"}
    for moment, user in ((1, "user-000001"), (3, "user-000002")):
        send(
            admin,
            source,
            {
                "event": "login",
                "id": f"t{moment}",
                "time": NOW - HOUR * (9 - moment),
                "who": {**tablet, "user": user},
            },
        )
    refused: dict[str, dict[str, Any]] = {
        "hers": {"who": {"phone": f"+86 {WORDS[0]}", "device": "device-of-anna"}},
        "hers-placeholder": {"who": {"phone": WORDS[0], "user": "null"}},
        "hers-unreadable": {"who": {"phone": WORDS[0]}, "properties": "none"},
        "with-another": {"who": {"phone": WORDS[0], "user": "user-000001"}},
        "with-somebody-new": {"who": {"device": "device-of-anna", "user": "nobody-yet"}},
        "with-an-unknown-type": {"who": {"phone": WORDS[0], "passport": "E12345678"}},
        "of-another": {"who": {"user": "user-000001"}},
        "of-nobody": {"who": {}},
        "tablet-of-1": {"who": tablet, "time": NOW - HOUR * 7},
        "tablet-of-2": {"who": tablet, "time": NOW - HOUR * 5},
        "tablet-sometime": {"who": tablet, "time": "soon"},
    }  # fmt: skip
    marked = [
        {"event": "purchase", "id": name, "properties": {"value": 1.5}, **said}
        for name, said in refused.items()
    ]
    reply = admin.post("/v1/events", json=marked, headers={"X-Write-Key": source["write_key"]})
    assert len(reply.json()["rejected"]) == len(marked), reply.text
    for body in (f'{{"events": [{{"who": {{"phone": "{WORDS[0]}"}}', f"{WORDS[0]}\xff".encode("latin-1")):
        admin.post("/v1/events", content=body, headers={"X-Write-Key": source["write_key"]})

    def given(person: str) -> tuple[set[str], str, str]:
        with zipfile.ZipFile(io.BytesIO(admin.get(f"{SHOP}/people/{person}/export").content)) as archive:
            rows = json.loads(archive.read("rejected.json"))
            assert all(
                {"received", "source", "code", "field", "message", "sent"} == row.keys() for row in rows
            )
            pages = [archive.read(name).decode() for name in ("index.html", "index.zh-CN.html")]
            return {row["sent"]["id"] for row in rows}, pages[0], pages[1]

    names, english, chinese = given(PHONE)
    assert names == {"bad", "hers", "hers-placeholder", "hers-unreadable"}
    assert "What was sent and not accepted, and why" in english
    assert "money is a whole number" in english
    assert "已上报但未被接收的数据及原因" in chinese
    assert "金额应为" in chinese
    assert "hers-placeholder" in english
    assert "hers-placeholder" in chinese
    assert given("user:user-000001")[0] == {"of-another", "tablet-of-1"}
    assert given("user:user-000002")[0] == {"tablet-of-2"}


def test_segments_consents(shop: Shop, admin: httpx.Client) -> None:
    source = fill(shop, admin)
    call = {
        "type": "track", "event": "Segment Consent Preference Updated", "userId": "user-000001", "messageId": "m1",
        "context": {"consent": {"categoryPreferences": {"Advertising": False, "Analytics": True}}},
    }  # fmt: skip
    reply = admin.post("/v1/track", json=call, auth=(source["write_key"], ""))
    assert reply.status_code == 200, reply.text
    shop.installation.store("shop-a").sync()
    assert allowed(admin, "marketing", "sms", "user:user-000001") == (False, "withdrawn")
    assert allowed(admin, "analytics", "any", "user:user-000001") == (True, "granted")
