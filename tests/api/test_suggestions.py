"""Suggestions over HTTP and the command line: looking, what speaks for each, accepting, refusing, undoing, who sees what."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from tests.api.shop import NOW, Shop
from tests.planted_people import planted
from tidewheel.serve.cli.main import app

ROOT = "/api/v1/projects/shop-a"
SUGGESTIONS = f"{ROOT}/identity/suggestions"
TWICE = {
    "name": "欧阳文静",
    "birthday": "1988-03-04",
    "email": "wenjing.oy@qq.com",
    "city": "厦门",
    "gender": "女",
}


def send(client: httpx.Client, shop: Shop, told: dict[str, dict[str, Any]]) -> None:
    """Tell properties of people by ``type:value``."""
    sources = client.get(f"{ROOT}/sources").json()["sources"]
    source = sources[0] if sources else client.post(f"{ROOT}/sources", json={"name": "Web"}).json()
    events = [
        {
            "event": "login",
            "time": NOW - 10_000_000 + number,
            "id": f"{actor}-{number}",
            "who": dict([actor.split(":", 1)]),
            "person": {"set": properties},
        }
        for number, (actor, properties) in enumerate(told.items())
    ]
    reply = client.post("/v1/events", json=events, headers={"X-Write-Key": source["write_key"]})
    assert reply.json()["accepted"] == len(events), reply.text
    shop.installation.store("shop-a").flush()


def crowd() -> dict[str, dict[str, Any]]:
    """Return people who are nobody else, and three who are there twice, of whom one has an account twice."""
    world = planted(5, 60, twice=0, twins=0)
    told: dict[str, dict[str, Any]] = dict(world.told)
    told |= {"openid:w1": TWICE, "openid:w2": TWICE | {"phone": "13911112222"}}
    told |= {"user:x1": TWICE | {"name": "司徒云飞", "email": "sytf@163.com", "birthday": "1979-12-01"}}
    told |= {"user:x2": told["user:x1"]}
    other = TWICE | {"name": "诸葛小雨", "email": "zhugexy@126.com", "birthday": "1991-07-08"}
    return told | {"cookie:z1": other, "cookie:z2": other | {"birthday": "1991-08-07"}}


@pytest.fixture
def seller(shop: Shop, admin: httpx.Client) -> httpx.Client:
    send(admin, shop, crowd())
    return admin


def post(client: httpx.Client, what: str = "", **body: Any) -> Any:
    reply = client.post(f"{SUGGESTIONS}{what}", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


def ends(one: dict[str, Any]) -> set[str]:
    return {f"{who['type']}:{who['value']}" for side in "ab" for who in one[side]["identifiers"]}


def open_pairs(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(SUGGESTIONS, params=query).json()["suggestions"]
    return found


def test_a_run_that_finds_nobody_says_so(admin: httpx.Client, shop: Shop) -> None:
    send(admin, shop, dict(planted(5, 60, twice=0, twins=0).told))
    assert post(admin)["total"] == 0
    told = admin.get(SUGGESTIONS).json()
    assert (told["total"], told["suggestions"], told["run"]["total"]) == (0, [], 0)
    assert post(admin)["total"] == 0  # and again, in the place of the first


def test_from_looking_to_deciding(seller: httpx.Client, shop: Shop) -> None:
    nothing = seller.get(SUGGESTIONS).json()
    assert (nothing["installed"], nothing["run"], nothing["total"]) == (True, None, 0)
    people = seller.get(f"{ROOT}/people").json()["total"]
    run = post(seller)
    assert (run["total"], run["stale"], run["learned"]) == (3, False, [])
    assert {one["field"]: one["left_out"] for one in run["fields"]}["birth_year"] == "absent"
    assert seller.get(f"{ROOT}/people").json()["total"] == people  # nobody is changed by looking
    assert seller.get(f"{ROOT}/identity/log").json()["total"] == 0
    by_ends = {frozenset(ends(one)): one for one in open_pairs(seller)}
    same = frozenset({"openid:w1", "openid:w2"})
    assert set(by_ends) == {
        same,
        frozenset({"user:x1", "user:x2"}),
        frozenset({"cookie:z1", "cookie:z2"}),
    }
    levels = {one["field"]: one["level"] for one in by_ends[frozenset({"cookie:z1", "cookie:z2"})]["because"]}
    assert (levels["birthday"], levels["email"], levels["city"]) == ("typo", "same", "same")
    assert by_ends[frozenset({"user:x1", "user:x2"})]["over"] == ["user"]
    one = by_ends[same]
    assert one["a"]["properties"]["birthday"] == one["b"]["properties"]["birthday"] == "1988-03-04"

    # accepting is a link like any other, and can be undone
    post(seller, "/accept", a=one["a"]["id"], b=one["b"]["id"], why="the shop knows her")
    assert seller.get(f"{ROOT}/people").json()["total"] == people - 1
    entry = seller.get(f"{ROOT}/identity/log", params={"by": "hand"}).json()["entries"][0]
    assert (entry["rule"], entry["in_force"]) == ("manual", True)
    assert entry["why"].startswith("the shop knows her — suggested at")
    assert "Birthday the same" in entry["why"]
    gone = seller.post(f"{SUGGESTIONS}/accept", json={"a": "openid:w1", "b": "openid:w2"})
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "no_such_suggestion")
    undone = {"a": "openid:w1", "b": "openid:w2"}
    assert seller.post(f"{ROOT}/identity/undo", json=undone).status_code == 200
    assert seller.get(f"{ROOT}/people").json()["total"] == people
    assert same not in {frozenset(ends(one)) for one in open_pairs(seller)}  # somebody has parted them

    # refusing changes nobody and is remembered, by the next run too
    post(seller, "/refuse", a="cookie:z1", b="cookie:z2")
    assert seller.get(f"{ROOT}/people").json()["total"] == people
    shop.clock.now += 1000
    assert post(seller)["total"] == 1
    assert [ends(one) for one in open_pairs(seller)] == [{"user:x1", "user:x2"}]
    audit = {one["action"] for one in seller.get("/api/v1/audit").json()["entries"]}
    assert {"suggestions_made", "suggestion_accepted", "suggestion_refused"} <= audit


def test_all_above_a_probability_within_the_limits(seller: httpx.Client) -> None:
    early = seller.post(f"{SUGGESTIONS}/accept-all", json={"least": 0.9})
    assert (early.status_code, early.json()["error"]["code"]) == (404, "not_suggested")
    post(seller)
    people = seller.get(f"{ROOT}/people").json()["total"]
    tried = post(seller, "/accept-all", least=0.9, dry_run=True)
    assert (tried["linked"], tried["over_limit"], tried["kept_apart"]) == (2, 1, 0)
    assert (tried["outcome"]["before_count"], tried["outcome"]["after_count"]) == (4, 2)
    assert seller.get(f"{ROOT}/people").json()["total"] == people
    done = post(seller, "/accept-all", least=0.9, why="checked a sample")
    assert done == tried
    assert seller.get(f"{ROOT}/people").json()["total"] == people - 2
    assert [ends(one) for one in open_pairs(seller)] == [{"user:x1", "user:x2"}]


def test_suggestions_say_that_facts_have_come_since(seller: httpx.Client, shop: Shop) -> None:
    post(seller)
    send(seller, shop, {"openid:new": {"name": "新人"}})
    run = seller.get(SUGGESTIONS).json()["run"]
    assert (run["stale"], run["facts_since"]) == (True, 2)


def test_who_may_not_see_personal_data_decides_without_it(
    shop: Shop, people: dict[str, httpx.Client]
) -> None:
    send(people["admin"], shop, crowd() | {"phone:13911113333": TWICE})
    policy = people["owner"].get(f"{ROOT}/privacy").json()
    kept = {name: policy[name] for name in policy if name in PRIVACY} | {"sees_personal_data": "owner"}
    reply = people["owner"].put(f"{ROOT}/privacy", json=kept)
    assert reply.status_code == 200, reply.text
    editor = people["editor"]
    post(editor)
    seen = editor.get(SUGGESTIONS)
    for word in ("欧阳文静", "1988-03-04", "wenjing.oy", "13911112222", "13911113333"):
        assert word not in seen.text
        assert json.dumps(word)[1:-1] not in seen.text
    one = seen.json()["suggestions"][0]
    post(editor, "/accept", a=one["a"]["id"], b=one["b"]["id"])


def test_the_year_of_a_birthday_is_held_against_a_year_and_not_told_to_who_may_not_see_the_birthday(
    shop: Shop, people: dict[str, httpx.Client]
) -> None:
    known = {**planted(5, 60, twice=0, twins=0).told, "openid:w1": TWICE}
    known["openid:w2"] = {name: value for name, value in TWICE.items() if name != "birthday"} | {
        "birth_year": "1988"
    }
    known["openid:w3"] = {"birth_year": "1971"}
    send(people["admin"], shop, known)
    post(people["editor"])

    def pair(of: str) -> dict[str, Any]:
        return next(one for one in open_pairs(people[of]) if ends(one) == {"openid:w1", "openid:w2"})

    seen, masked = pair("editor"), pair("viewer")
    [year] = [like for like in seen["because"] if like["field"] == "birth_year"]
    assert (year["level"], year["source"], year["instead"]) == ("same", "birth_year", "birthday")
    told = [seen[side]["properties"] for side in "ab"]
    assert sorted(one.get("birth_year") or one[year["instead"]] for one in told) == ["1988", "1988-03-04"]
    assert seen["withheld"] == []
    assert masked["because"] == [like for like in seen["because"] if like is not year]
    assert [field["en"] for field in masked["withheld"]] == ["Year of birth"]
    post(people["editor"], "/accept", a=seen["a"]["id"], b=seen["b"]["id"])
    [entry] = people["viewer"].get(f"{ROOT}/identity/log", params={"by": "hand"}).json()["entries"]
    assert "E-mail the same" in entry["why"]
    assert "birth" not in entry["why"]


PRIVACY = {
    "purposes",
    "channels",
    "leave_out_withdrawn",
    "sees_personal_data",
    "personal_properties",
    "hashed_identifiers",
    "keep_months",
    "keep_months_by_source",
}


def test_what_is_hashed_is_left_out_and_said(shop: Shop, admin: httpx.Client) -> None:
    policy = admin.get(f"{ROOT}/privacy").json()
    kept = {name: policy[name] for name in policy if name in PRIVACY} | {"hashed_identifiers": ["phone"]}
    assert admin.put(f"{ROOT}/privacy", json=kept).status_code == 200
    told = {
        (f"phone:139000{number:05}" if number % 2 else actor): {
            name: value for name, value in body.items() if name != "phone"
        }
        for number, (actor, body) in enumerate(crowd().items())
    }
    send(admin, shop, told)
    run = post(admin)
    assert {one["field"]: one["left_out"] for one in run["fields"]}["phone"] == "hashed"
    assert run["total"] == 3


def test_bad_wishes_are_told(seller: httpx.Client) -> None:
    for body, code, field in (
        ({"fields": {"birthday": "bithday"}}, "unknown_name", "fields.birthday"),
        ({"fields": {"birth": "birthday"}}, "unknown_name", "fields"),
        ({"least": 0.2}, "bad_field", "least"),
    ):
        reply = seller.post(SUGGESTIONS, json=body)
        error = reply.json()["error"]
        assert (reply.status_code, error["code"], error["field"]) == (422, code, field)


def test_too_little_is_known(shop: Shop, admin: httpx.Client) -> None:
    send(admin, shop, {"openid:a": {"city": "杭州"}, "openid:b": {"city": "杭州"}})
    error = admin.post(SUGGESTIONS, json={}).json()["error"]
    assert error["code"] == "too_little_known"


def test_erased_people_are_in_no_suggestion(seller: httpx.Client, shop: Shop) -> None:
    post(seller)
    asked = seller.post(f"{ROOT}/erasures", json={"confirm": "shop-a", "person": "openid:w1"})
    assert asked.status_code in (200, 201, 202), asked.text
    assert {"openid:w1", "openid:w2"} not in [ends(one) for one in open_pairs(seller)]
    shop.installation.erasures.close()
    rows = shop.installation.store("shop-a").read_table("suggestions")
    assert "openid:w1" not in json.dumps(rows.to_pylist())


def test_an_export_tells_that_there_is_a_suggestion_and_nothing_of_the_other(
    seller: httpx.Client, shop: Shop
) -> None:
    post(seller)
    told, everything = exported(seller, "cookie:z1")
    assert [set(one) for one in told["suggestions"]] == [{"suggested_at", "probability"}]
    assert 0.5 < told["suggestions"][0]["probability"] <= 1
    assert "z1" in everything
    assert "z2" not in everything
    post(seller, "/refuse", a="cookie:z1", b="cookie:z2")
    told, everything = exported(seller, "cookie:z1")
    assert told["suggestions"] == told["links"] == []
    assert "z2" not in everything


def exported(client: httpx.Client, person: str) -> tuple[dict[str, Any], str]:
    """Return what is handed over of a person, by topic, and all of it as one text."""
    reply = client.get(f"{ROOT}/people/{person}/export")
    assert reply.status_code == 200, reply.text
    packed = zipfile.ZipFile(io.BytesIO(reply.content))
    texts = {name: packed.read(name).decode() for name in packed.namelist()}
    topics = {name[:-5]: json.loads(text) for name, text in texts.items() if name.endswith(".json")}
    return topics, "".join(texts.values())


def test_the_command_line(seller: httpx.Client, shop: Shop) -> None:
    shop.installation.close()
    home = ["--home", str(shop.installation.settings.home)]

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["identity", "suggest", *words, *home], env={"LANG": "en_US.UTF-8"})
        assert done.exit_code == 0, done.output
        return done.output

    assert "3 pairs may be one person" in run("run", "--field", "birthday=birthday", "--least", "60%")
    assert "欧阳文静" in run("list")
    assert "They stay two" in run("refuse", "cookie:z1", "cookie:z2")
    assert "1 pairs: 2 people become 1" in run("accept-all", "--least", "90%", "--dry-run")
    assert "one person now" in run("accept", "openid:w1", "openid:w2", "--why", "known")
    left = json.loads(run("list", "--json"))
    assert [ends(one) for one in left["suggestions"]] == [{"user:x1", "user:x2"}]
