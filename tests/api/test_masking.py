"""Every route is asked by somebody who may not see personal data: what was planted is nowhere in an answer."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, Final

import httpx
import pyarrow as pa
import pytest

from tests.api.anna import PHONE, SHOP, WORDS, fill
from tests.api.shop import Shop
from tests.api.test_permissions import NEEDED, OPERATIONS
from tests.scan import held
from tidewheel.analyse.run import ANALYSES
from tidewheel.serve.privacy.masking import Masking, masked_text

PLANTED: Final = WORDS[:4]
"""Number, mail address, name and address; a card's number and an openid name nobody by themselves."""
PEOPLE: Final = {"find_people": {"q": WORDS[0]}, "get_values": {"property": "name", "scope": "person"}}


def found_in(reply: httpx.Response) -> list[str]:
    body = reply.content
    if reply.headers.get("content-type", "").startswith("application/json"):
        body += json.dumps(reply.json(), ensure_ascii=False).encode()
    return [word for word in PLANTED if held(body, word)]


@pytest.fixture
def viewer(shop: Shop, people: dict[str, httpx.Client]) -> httpx.Client:
    fill(shop, people["admin"])
    return people["viewer"]


def address(operation: str, shop: Shop) -> tuple[str, str]:
    method, path = OPERATIONS[operation]
    path = path.replace("{project}", "shop-a").replace("{person_id}", PHONE).replace("{name}", "purchase")
    path = path.replace("{segment}", "List")
    return method, re.sub(r"\{\w+\}", "none", path)


def bodies(operation: str) -> dict[str, Any]:
    """Return what a route that takes a body is asked."""
    for kind, analysis in ANALYSES.all().items():
        if operation == f"ask_{kind}":
            sample: dict[str, Any] = dict(analysis.samples[0])
            return sample
    everybody: dict[str, Any] = {
        "series": [{"step": {"any_of": [{"event": "purchase"}]}, "measure": {"kind": "people"}}],
        "grain": "total",
        "period": {"last": 7},
    }
    known: dict[str, dict[str, Any]] = {
        "trends_people": {"params": everybody, "cell": {"series": 0}},
        "run_sql": {"sql": "SELECT * FROM events JOIN persons USING (person)"},
        "export_sql": {"sql": "SELECT * FROM events JOIN persons USING (person)"},
        "preview_segment": {"kind": "list", "identifiers": [PHONE]},
    }
    return known.get(operation, {})


def test_no_route_shows_what_is_personal(
    shop: Shop, people: dict[str, httpx.Client], viewer: httpx.Client
) -> None:
    seen = 0
    for operation in NEEDED["viewer"]:
        if operation == "watch_live":
            continue  # a stream without end: below
        method, path = address(operation, shop)
        given: dict[str, Any] = {} if method == "GET" else {"json": bodies(operation)}
        query = PEOPLE.get(operation, {})
        reply = viewer.request(method, path, params=query, **given)
        assert reply.status_code < 500, (operation, reply.text)
        assert not found_in(reply), (operation, reply.text[:3000])
        seen += bool(found_in(people["editor"].request(method, path, params=query, **given)))
    assert seen >= 10, "an editor sees them in these answers"


def test_a_definition_that_is_tried_tells_nobody_by_value(
    people: dict[str, httpx.Client], viewer: httpx.Client
) -> None:
    where = [{"property": "receiver_name", "op": "is", "value": WORDS[2]}]
    body = {"definition": {"title": "T", "any_of": [{"event": "purchase", "where": where}]}}
    told = people["editor"].post(f"{SHOP}/picks/try", json=body)
    assert told.json()["ever"] == 3, told.text
    assert viewer.post(f"{SHOP}/picks/try", json=body).json()["error"]["code"] == "personal_data"


def test_names_of_properties_are_known_however_they_are_spelled() -> None:
    masking = Masking(frozenset({"first_name", "receiver_phone", "姓名"}))
    for name in (
        "first_name",
        "firstName",
        "FirstName",
        "first-name",
        "traits.firstName",
        "receiverPhone",
        "姓名",
    ):
        assert masking.names(name), name
        assert masking.json({"properties": {name: "Anna"}}) == {"properties": {name: "A•••"}}
    assert not any(map(masking.names, ("item_name", "first", "name", "receiver")))


def test_a_number_may_be_a_telephone_number() -> None:
    masking = Masking(frozenset())
    sent = {
        "contact": 13912345678,
        "list": [13912345678.0],
        "at": {"time": 1795300000000, "n": 139123456, "yes": True},
    }
    shown = {"contact": "139••••••78", "list": ["139••••••78"], "at": sent["at"]}
    assert masking.json({"properties": sent}) == {"properties": shown}
    assert masking.json({"body": {"deep": [sent]}}) == {"body": {"deep": [shown]}}
    assert masking.json({"property": "x", "samples": [13912345678]})["samples"] == ["139••••••78"]
    assert masking.json({"field": "x", "got": 13912345678})["got"] == "139••••••78"
    assert masking.json({"revenue": 13912345678}) == {"revenue": 13912345678}
    assert masking.json({"group": [13912345678, "x"], "values": [13912345678]}) == {
        "group": ["139••••••78", "x"],
        "values": [13912345678],
    }
    for beside in ({"count": 2}, {"made": "sent", "name": "contact"}):
        assert masking.json([{"value": 13912345678, **beside}])[0]["value"] == "139••••••78"
    column = pa.array([1, None, 13912345678, 2_000_000_000_000], pa.float64())
    assert masking.column("contact", column).to_pylist() == [1, None, None, 2_000_000_000_000]
    assert masking.column("value", column) is column


def test_goods_are_masked_by_property_and_lists_of_properties_keep_their_names() -> None:
    masking = Masking(frozenset({"receiver_name", "name"}))
    event = {"properties": {}, "items": [{"receiver_name": "Anna", "item_id": "A1"}]}
    assert masking.json(event)["items"] == [{"receiver_name": "A•••", "item_id": "A1"}]
    refused = {"items": [{"code": "x", "received": "2026", "name": "receiver_name"}]}
    assert masking.json(refused) == refused
    told = {
        "properties": [{"name": "city", "samples": ["Anna"]}, {"name": "receiver_name", "samples": ["Anna"]}]
    }
    assert [(one["name"], one["samples"]) for one in masking.json(told)["properties"]] == [
        ("city", ["Anna"]),
        ("receiver_name", ["A•••"]),
    ]


def test_a_reason_does_not_repeat_what_is_masked() -> None:
    masking = Masking(frozenset({"receiver_name"}))
    said = {
        "field": "properties.receiver_name",
        "got": "Anna",
        "message": {"en": "Anna is none."},
        "hint": "Not Anna?",
    }
    shown = {**said, "got": "A•••", "message": {"en": "••• is none."}, "hint": "Not •••?"}
    assert masking.json(said) == shown


def test_goods_in_a_file_are_masked(shop: Shop, people: dict[str, httpx.Client]) -> None:
    key = people["admin"].post(f"{SHOP}/sources", json={"name": "Web"}).json()["write_key"]
    items = [{"item_id": "A1", "receiver_name": WORDS[2], "contact": WORDS[0]}, {"item_id": "A2"}]
    events = [
        {"event": "view_item", "who": {"user": f"u{at}"}, "items": items if at else []} for at in range(3)
    ]
    assert shop.client().post("/v1/events", json=events, headers={"X-Write-Key": key}).json()["accepted"] == 3
    for sql in ("SELECT time, items FROM events", "SELECT unnest(items, recursive := true) FROM events",
                "SELECT count(*) FROM events WHERE items[1].receiver_name = '" + WORDS[2] + "'"):  # fmt: skip
        told = {
            role: people[role].post(f"{SHOP}/sql/export", params={"format": "csv"}, json={"sql": sql})
            for role in ("editor", "viewer")
        }
        assert [reply.status_code for reply in told.values()] == [200, 200], told["viewer"].text
        assert not found_in(told["viewer"])
        assert found_in(told["editor"]) or told["editor"].text.split()[-1] == "2"
        assert told["editor"].text != told["viewer"].text
        assert told["editor"].text.count("A1") == told["viewer"].text.count("A1")


def test_only_a_hash_is_shown_of_an_identifier() -> None:
    masking = Masking(frozenset())
    assert masking.actor("email:h_anna@post.test") == "email:h•••@post.test"
    assert masking.actor("email:h_" + "a2" * 16) == "email:h_" + "a2" * 16


def test_samples_of_violations_are_masked_by_property() -> None:
    masking = Masking(frozenset({"receiver_name"}))
    violation = {"property": "receiver_name", "samples": [WORDS[2]]}
    assert WORDS[2] not in json.dumps(masking.json(violation), ensure_ascii=False)


def test_a_stream_is_masked_as_it_comes(
    shop: Shop, people: dict[str, httpx.Client], viewer: httpx.Client
) -> None:
    from tidewheel.serve.privacy.veil import Veil  # noqa: PLC0415

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["state"]["masking"] = Masking(frozenset({"name"}))
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"text/event-stream")],
            }
        )
        facts = [
            {"properties": {"name": WORDS[2], "note": f"call {WORDS[0]}"}},
            {"actor": f"email:{WORDS[1]}"},
        ]
        body = "".join(f"event: fact\ndata: {json.dumps(fact)}\n\n" for fact in facts)
        await send({"type": "http.response.body", "body": body.encode(), "more_body": False})

    sent: list[bytes] = []

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    scope = {"type": "http", "path": f"{SHOP}/live", "headers": []}
    asyncio.run(Veil(app)(scope, None, send))  # type: ignore[arg-type]
    told = b"".join(sent)
    assert not [word for word in PLANTED if held(told, word)]
    assert told.count(b"data: ") == 2


def test_what_nobody_has_decided_about_is_masked() -> None:
    from tidewheel.serve.privacy.veil import Veil  # noqa: PLC0415

    async def answer(kind: bytes, body: bytes) -> tuple[int, bytes]:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
            await send({"type": "http.response.body", "body": body})

        got: list[Any] = []

        async def send(message: Any) -> None:
            got.append(message)

        await Veil(app)({"type": "http", "path": f"{SHOP}/new", "headers": []}, None, send)  # type: ignore[arg-type]
        return got[0]["status"], got[1]["body"]

    status, body = asyncio.run(answer(b"application/json", json.dumps({"x": WORDS[0]}).encode()))
    assert (status, json.loads(body)) == (200, {"x": "139••••••78"})
    status, body = asyncio.run(answer(b"text/csv", WORDS[0].encode()))
    assert (status, held(body, WORDS[0])) == (500, False)


def test_what_is_masked_cannot_be_guessed(viewer: httpx.Client, people: dict[str, httpx.Client]) -> None:
    def count(client: httpx.Client, condition: str) -> int:
        reply = client.post(f"{SHOP}/sql", json={"sql": f"SELECT count(*) FROM persons WHERE {condition}"})
        assert reply.status_code == 200, reply.text
        return int(reply.json()["rows"][0][0])

    for condition in (
        f"name = '{WORDS[2]}'",
        "email LIKE 'anna%'",
        "substr(address, 2, 1) = '三'",
        f"name > '{WORDS[2][:2]}'",
    ):
        assert (count(people["editor"], condition), count(viewer, condition)) == (1, 0), condition
    breakdown = {
        "series": [{"step": {"any_of": [{"event": "*"}]}}],
        "breakdowns": [{"property": "name", "scope": "person"}],
    }
    test = {
        "people": {"filters": [{"property": "email", "scope": "person", "op": "starts_with", "value": "a"}]}
    }
    for params in (breakdown, {**breakdown, "breakdowns": [], **test}):
        assert people["editor"].post(f"{SHOP}/analyses/trends", json=params).status_code == 200
        reply = viewer.post(f"{SHOP}/analyses/trends", json=params)
        assert reply.json()["error"]["code"] == "personal_data"
    assert viewer.get(f"{SHOP}/people", params={"q": WORDS[0]}).json()["total"] == 1
    assert viewer.get(f"{SHOP}/people", params={"q": WORDS[0][:6]}).json()["total"] == 0
    assert viewer.get(f"{SHOP}/people", params={"q": WORDS[2][:2]}).json()["total"] == 0
    assert people["editor"].get(f"{SHOP}/people", params={"q": WORDS[0][:6]}).json()["total"] == 1


def test_a_project_says_who_sees_what(viewer: httpx.Client, people: dict[str, httpx.Client]) -> None:
    policy = viewer.get(f"{SHOP}/privacy").json()["policy"]
    changed = {**policy, "sees_personal_data": "viewer"}
    assert people["editor"].put(f"{SHOP}/privacy", json=changed).status_code == 403
    assert people["owner"].put(f"{SHOP}/privacy", json=changed).json()["sees"] is True
    assert viewer.get(f"{SHOP}/people/{PHONE}").json()["name"] == WORDS[2]
    policy |= {"sees_personal_data": "owner", "personal_properties": ["city"]}
    people["owner"].put(f"{SHOP}/privacy", json=policy)
    told = people["editor"].get(f"{SHOP}/people/{PHONE}").json()
    assert told["properties"]["city"]["value"] == "杭•••"
    assert told["properties"]["email"]["value"] == "a•••@post.test"


def test_an_answer_in_arrow_is_masked(viewer: httpx.Client) -> None:
    question = {
        "sql": "SELECT p.name, p.email, e.actor, e.receiver_name FROM persons p JOIN events e USING (person)"
    }
    reply = viewer.post(f"{SHOP}/sql/export", params={"format": "arrow"}, json=question)
    assert reply.status_code == 200, reply.text
    with pa.ipc.open_stream(reply.content) as stream:
        rows = stream.read_all().to_pylist()
    assert len(rows) == 34
    assert {row["email"] for row in rows} == {None, "a•••@post.test"}
    assert not [word for word in PLANTED if word in str(rows)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call 13912345678 now", "call 139••••••78 now"),
        ("+86 139 1234", "+86 139 1234"),
        ("+8613912345678", "139••••••78"),
        ("1139123456780", "1139123456780"),
        ("a.b+c@x.co.uk!", "a•••@x.co.uk!"),
        ("v5k13912345678", "v5k13912345678"),
        ("https://x.test/?m=anna.w%40post.test&n=1", "https://x.test/?m=a•••@post.test&n=1"),
        (
            "/in?u=https%3A%2F%2Fx.test%3Fm%3Danna%2540post.test",
            "/in?u=https%3A%2F%2Fx.test%3Fm%3•••@post.test",
        ),
        ("?tel=%2B8613912345678&x", "?tel=139••••••78&x"),
        ("?tel%3d13912345678", "?tel%3d139••••••78"),
        ("+852 9123 4567 or %2B49151123456", "852••••••67 or 491••••••56"),
        ("a+8529123", "a+8529123"),
        ("?id=%E5%BC%A0139123456789", "?id=%E5%BC%A0139123456789"),
        ("at 1795300000000 ms", "at 1795300000000 ms"),
    ],
)
def test_numbers_and_addresses_in_texts(text: str, shown: str) -> None:
    assert masked_text(text) == shown
