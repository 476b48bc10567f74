"""The tracking plan over HTTP and on the command line: versions, modes, violations, drafts, mending."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.shop import Shop
from tidewheel.core.text import LANGUAGES
from tidewheel.model import read_plan, read_template
from tidewheel.serve.plan_document import plan_document

HERE = "/api/v1/projects/shop-a"
PLAN = f"{HERE}/plan"
EVENTS = {"purchase": {"required": ["order_id", "value"]}}
PROPERTIES = {"order_id": {"type": "text"}, "value": {"type": "money"}}


@pytest.fixture
def key(admin: httpx.Client) -> str:
    return str(admin.post(f"{HERE}/sources", json={"name": "web", "kind": "web"}).json()["write_key"])


def apply(client: httpx.Client, **more: Any) -> httpx.Response:
    return client.post(f"{PLAN}/apply", json={"events": EVENTS, "properties": PROPERTIES, **more})


def send(shop: Shop, key: str, *events: dict[str, Any]) -> dict[str, Any]:
    body = {"events": [{"who": {"device": "d1"}, **event} for event in events]}
    reply = shop.client().post("/v1/events", json=body, headers={"Authorization": f"Bearer {key}"})
    shop.installation.store("shop-a").sync()
    return dict(reply.json())


def test_every_version_is_kept(admin: httpx.Client) -> None:
    dry = apply(admin, dry_run=True).json()["changes"]
    assert [(one["kind"], one["name"], one["change"]) for one in dry] == [
        ("event", "purchase", "added"), ("property", "order_id", "added"), ("property", "value", "added"),
    ]  # fmt: skip
    assert admin.get(PLAN).json() == {"events": [], "properties": []}
    apply(admin, why="first")
    assert {one["change"] for one in apply(admin).json()["changes"]} == {"same"}
    path = f"{PLAN}/parts/event/purchase"
    body = {"definition": {"required": ["order_id"], "owner": "Lin"}, "why": "value comes later"}
    assert admin.put(path, json=body).json()["changes"][0]["fields"] == ["owner", "required"]
    versions = admin.get(path).json()["versions"]
    assert [(one["version"], one["why"]) for one in versions] == [(2, "value comes later"), (1, "first")]
    assert versions[0]["by"] == "ada@shop.test"
    assert admin.delete(path).status_code == 200
    assert admin.get(path).status_code == 404
    pruned = admin.post(f"{PLAN}/apply", json={"prune": True}).json()["changes"]
    assert [one["change"] for one in pruned] == ["removed", "removed"]


def test_what_is_worked_out_of_an_event_is_in_no_draft(shop: Shop, admin: httpx.Client, key: str) -> None:
    page = {
        "page_url": "https://shop.test/?utm_source=xhs",
        "user_agent": "Mozilla/5.0 (iPhone) Safari/604.1",
    }
    send(shop, key, {"event": "page_view", "properties": page}, {"event": "page_view", "properties": page})
    names = {one["name"] for one in admin.get(f"{HERE}/schema").json()["properties"]}
    assert {"utm_source", "browser"} <= names
    drafted = admin.post(f"{PLAN}/draft", params={"days": 3}).json()["yaml"]
    assert "page_url" in drafted
    assert not [name for name in ("utm_source", "browser", "channel_group", "device_type") if name in drafted]
    admin.post(
        f"{PLAN}/apply",
        json={
            "events": {"page_view": {"required": list(page)}},
            "properties": {name: {"type": "text"} for name in page},
        },
    )
    found = admin.post(f"{PLAN}/verify", json={"since": "1d"}).json()
    assert (found["met"], found["looked_at"]) == (True, 2)


def test_a_declared_property_in_use_stays(admin: httpx.Client) -> None:
    apply(admin)
    reply = admin.delete(f"{PLAN}/parts/property/value")
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "plan_undeclared")
    assert [one["name"] for one in admin.get(PLAN).json()["properties"]] == ["order_id", "value"]


def test_observe_warn_block(admin: httpx.Client, shop: Shop, key: str) -> None:
    apply(admin)
    wrong = {"event": "purchase", "properties": {"order_id": "1", "value": 5, "note": "call 13812345678"}}
    assert send(shop, key, wrong) == {"accepted": 1, "rejected": [], "notes": []}
    assert admin.patch(f"{HERE}/sources/web", json={"plan_mode": "warn"}).json()["plan_mode"] == "warn"
    [note] = send(shop, key, wrong)["notes"]
    assert (note["code"], note["field"]) == ("plan_unknown_property", "properties.note")
    admin.patch(f"{HERE}/sources/web", json={"plan_mode": "block"})
    told = send(shop, key, wrong, {"event": "purchase", "properties": {"order_id": "2", "value": "7"}})
    assert (told["accepted"], told["rejected"][0]["code"]) == (1, "plan_unknown_property")
    [found] = admin.get(f"{HERE}/quality/violations").json()["violations"]
    assert (found["source"], found["event"], found["property"]) == ("web", "purchase", "note")
    assert (found["count"], found["blocked"], sum(found["daily"])) == (3, 1, 3)
    assert found["samples"] == ["call 138••••78"]
    assert admin.patch(f"{HERE}/sources/web", json={"plan_mode": "x"}).status_code == 422


def test_a_violation_says_what_the_plan_wants(admin: httpx.Client, shop: Shop, key: str) -> None:
    apply(admin)
    sent = {"event": "purchase", "properties": {"order_id": 5, "value": 5}}
    assert send(shop, key, sent)["accepted"] == 1
    [found] = admin.get(f"{HERE}/quality/violations", headers={"Accept-Language": "zh"}).json()["violations"]
    assert (found["code"], found["message"]) == (
        "plan_wrong_type",
        "order_id 的值是 5；埋点方案规定类型为 text。",
    )


def test_muting_needs_a_reason_and_lets_events_in(admin: httpx.Client, shop: Shop, key: str) -> None:
    apply(admin)
    admin.patch(f"{HERE}/sources/web", json={"plan_mode": "block"})
    wrong = {"event": "purchase", "properties": {"order_id": "1", "value": 5, "note": "x"}}
    where = {"event": "purchase", "property": "note", "code": "plan_unknown_property"}
    assert admin.post(f"{HERE}/quality/mutes", json=where).status_code == 422
    assert admin.post(f"{HERE}/quality/mutes", json=where | {"reason": "old app"}).status_code == 200
    assert send(shop, key, wrong)["accepted"] == 1
    [found] = admin.get(f"{HERE}/quality/violations").json()["violations"]
    assert found["muted"]["reason"] == "old app"
    assert admin.post(f"{HERE}/quality/mutes/remove", json=where).status_code == 200
    assert send(shop, key, wrong)["accepted"] == 0
    assert admin.post(f"{HERE}/quality/mutes/remove", json=where).status_code == 404


def test_blocked_mended_kept(admin: httpx.Client, shop: Shop, key: str) -> None:
    apply(admin)
    admin.patch(f"{HERE}/sources/web", json={"plan_mode": "block"})
    event = {"event": "purchase", "who": {"device": "d1"}, "properties": {"order_id": "1"}}
    send(shop, key, event)
    [kept] = admin.get(f"{HERE}/rejected").json()["items"]
    assert kept["code"] == "plan_missing_property"
    again = admin.put(f"{HERE}/rejected/{kept['id']}", json={"event": event})
    assert (again.status_code, again.json()["error"]["code"]) == (422, "plan_missing_property")
    assert admin.post(f"{HERE}/rejected/replay", json={"all": True}).json() == {"accepted": 0, "rejected": 1}
    mended = event | {"properties": {"order_id": "1", "value": "500"}}
    tried = admin.put(f"{HERE}/rejected/{kept['id']}", json={"event": mended, "dry_run": True})
    assert tried.json() == {"accepted": 1, "rejected": 0}
    assert admin.get(f"{HERE}/rejected").json()["total"] == 1
    assert admin.put(f"{HERE}/rejected/{kept['id']}", json={"event": mended}).json()["accepted"] == 1
    assert admin.get(f"{HERE}/rejected").json()["total"] == 0
    assert admin.put(f"{HERE}/rejected/{kept['id']}", json={"event": mended}).status_code == 404
    [stored] = admin.get(f"{HERE}/schema/events/purchase/samples").json()["events"]
    assert stored["properties"] == {"order_id": "1", "value": 500}


def test_coverage_and_drafting(admin: httpx.Client, shop: Shop, key: str) -> None:
    apply(admin, events={**EVENTS, "refund": {"status": "planned", "owner": "Lin"}})
    item = {"item_id": "A", "price": 100}
    views = [
        {"event": "view_item", "id": i, "properties": {"page": "/x"}, "items": [item]} for i in range(30)
    ]
    send(shop, key, *views, {"event": "purchase", "properties": {"order_id": "1", "value": 5}})
    found = admin.get(f"{PLAN}/coverage").json()
    seen = {one["name"]: one for one in found["events"]}
    assert (found["arrived"], found["planned"], found["violations"]) == (31, 1, 30)
    assert (seen["view_item"]["planned"], seen["view_item"]["count"], seen["view_item"]["daily"][-1]) == (
        False,
        30,
        30,
    )
    assert seen["purchase"]["sources"] == {"web": 1}
    assert (seen["refund"]["status"], seen["refund"]["owner"], seen["refund"]["last_seen"]) == (
        "planned",
        "Lin",
        None,
    )
    made = admin.post(f"{PLAN}/draft").json()
    assert set(made["events"]) == {"view_item"}
    assert made["events"]["view_item"]["required"] == ["page"]
    assert made["events"]["view_item"]["item_required"] == ["item_id", "price"]
    assert made["item_properties"]["price"]["type"] == "money"
    assert "order_id" not in made["properties"]
    body = {name: made[name] for name in ("events", "properties", "item_properties", "person_properties")}
    assert admin.post(f"{PLAN}/apply", json=body).status_code == 200
    assert admin.get(f"{PLAN}/coverage").json()["planned"] == 31


def test_the_template_is_a_plan(admin: httpx.Client, tmp_path: Path) -> None:
    assert [one["name"] for one in admin.get(f"{PLAN}/templates").json()["templates"]] == ["retail"]
    found = admin.get(f"{PLAN}/templates/retail").json()
    (tmp_path / "plan.yaml").write_text(found["yaml"], "utf-8")
    assert set(read_plan(tmp_path).events) == set(found["events"])
    assert (
        apply(
            admin, **{name: found[name] for name in ("events", "properties", "item_properties")}
        ).status_code
        == 200
    )
    assert admin.get(f"{PLAN}/templates/none").status_code == 404


def test_who_sees_it_masked_may_not_change_what_was_sent(
    admin: httpx.Client, people: dict[str, httpx.Client], shop: Shop, key: str
) -> None:
    send(shop, key, {"event": "$x", "who": {"phone": "13800138000"}})
    [kept] = admin.get(f"{HERE}/rejected").json()["items"]
    policy = admin.get(f"{HERE}/privacy").json()["policy"] | {"sees_personal_data": "owner"}
    assert people["owner"].put(f"{HERE}/privacy", json=policy).status_code == 200
    shown = people["editor"].get(f"{HERE}/rejected").json()["items"][0]["body"]
    assert "13800138000" not in str(shown)
    event = {"event": "purchase", "who": {"phone": "13800138000"}}
    for body in ({"event": event}, {"event": event, "dry_run": True}):
        refused = people["editor"].put(f"{HERE}/rejected/{kept['id']}", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "masked_cannot_mend")
    assert people["owner"].put(f"{HERE}/rejected/{kept['id']}", json={"event": event}).json()["accepted"] == 1
    [noted] = [
        one for one in admin.get("/api/v1/audit").json()["entries"] if one["action"] == "rejected_mended"
    ]
    assert noted["subject"] == kept["id"]


def test_the_plan_as_markdown_in_the_language_asked_for(
    admin: httpx.Client, people: dict[str, httpx.Client]
) -> None:
    body = {
        "events": {
            "purchase": {
                "title": {"en": "Purchase", "zh": "支付成功"},
                "owner": "li_lei@shop.test",
                "required": ["order_id", "value"],
                "item_required": ["price"],
                "who": ["user|openid"],
            },
            "buy": {"status": "deprecated", "instead": "purchase"},
        },
        "properties": {
            "order_id": {"type": "text", "pattern": "A|B`[0-9]+"},
            "value": {"type": "money", "minimum": 1, "description": {"en": "paid | due", "zh": "实付"}},
            "age": {"type": "number", "one_of": [1, 2.5], "unit": "years", "everywhere": True},
        },
        "item_properties": {"price": {"type": "money"}},
        "person_properties": {"level": {"type": "text", "one_of": ["gold", "_plain_"], "sensitive": True}},
    }
    assert admin.post(f"{PLAN}/apply", json=body).status_code == 200
    english = admin.get(f"{PLAN}/plan.md", params={"language": "en"})
    assert english.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "attachment" in english.headers["content-disposition"]
    for line in (
        "2 events, 3 properties of events, 1 of items, 1 of people.",
        "| `buy` |  | deprecated |  |  |",
        "Status: deprecated · Use instead: `purchase`",
        "### `purchase` Purchase",
        "Status: live · Owner: li\\_lei@shop.test · Must name: `user` or `openid`",
        "| `order_id` | Order | yes | text | fits ``A\\|B`[0-9]+`` |  |",
        "| `value` | Amount paid | yes | money, in fen or cents | at least 1 | paid \\| due |",
        "| `items[].price` | Price | yes | money, in fen or cents |  |  |",
        "| `age` |  | – | number | `1`, `2.5`; in years |  |",
        "| `level` |  | – | text | `gold`, `_plain_`; sensitive |  |",
    ):
        assert line in english.text.splitlines(), english.text
    chinese = admin.get(f"{PLAN}/plan.md", headers={"Accept-Language": "zh-CN"}).text
    assert "### `purchase` 支付成功" in chinese
    assert "| `value` | 实付金额 | 是 | 金额（以分计的整数） | 不小于 1 | 实付 |" in chinese
    masked = people["viewer"].get(f"{PLAN}/plan.md", params={"language": "en"})
    assert masked.status_code == 200
    assert "lei@" not in masked.text
    assert "l•••@shop.test" in masked.text
    assert "| `value` |" in masked.text


def test_every_table_of_the_template_has_all_its_cells() -> None:
    """Every property stands in its event's table, whatever signs are in it."""
    plan = read_template("retail")
    for language in LANGUAGES:
        lines = plan_document(plan, "A|shop", language).splitlines()
        for line in lines:
            if line.startswith("|"):
                assert line.replace("\\|", "").count("|") in {6, 7}, line
        for name, event in plan.events.items():
            start = next(at for at, line in enumerate(lines) if line.startswith(f"### `{name}`"))
            own = []
            for line in lines[start + 1 :]:
                if line.startswith("#"):
                    break
                own.append(line.split("|")[1].strip(" `") if line.startswith("| `") else "")
            want = [*event.required, *event.optional]
            want += [f"items[].{one}" for one in (*event.item_required, *event.item_optional)]
            assert [one for one in own if one] == want
