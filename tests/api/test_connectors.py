"""Connectors over HTTP: added, read, failed, mended; what is secret stays so; who may do what."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from tests.api.shop import NOW, Shop
from tests.receiver import receiver
from tidewheel.serve.pulls import Pulls
from tidewheel.store.catalog import connectors

PROJECT = "shop-a"
BASE = f"/api/v1/projects/{PROJECT}/connectors"
HOUR = 3_600_000
ORDERS = "订单号,付款时间,手机号,实付金额,商品名称\n"


@pytest.fixture
def exports(shop: Shop, tmp_path: Path) -> Path:
    """Return a folder the operator allows."""
    folder = tmp_path / "exports"
    folder.mkdir()
    shop.installation.settings = shop.installation.settings.model_copy(
        update={"connector_folders": str(folder), "private_webhooks": True}
    )
    return folder


def order(number: int, amount: str = "299.50") -> str:
    return f"T{number},2026-11-{number % 20 + 1:02d} 10:00:00,1380013{number:04d},{amount},雨衣\n"


def put(folder: Path, name: str, text: str, changed: int = NOW - HOUR) -> None:
    path = folder / name
    path.write_text(text, "utf-8")
    os.utime(path, (changed / 1000, changed / 1000))


def body(folder: Path, **more: Any) -> dict[str, Any]:
    place = {"folder": str(folder), "pattern": "*.csv"}
    return {"kind": "folder", "place": place, "rows": "orders", "schedule": {"every_minutes": 60}, **more}


def test_a_folder_is_read_and_what_is_in_adds_nothing(shop: Shop, admin: httpx.Client, exports: Path) -> None:
    put(exports, "1.csv", ORDERS + order(1) + order(2))
    saved = admin.put(f"{BASE}/orders", json=body(exports))
    assert saved.status_code == 200, saved.text
    assert saved.json()["state"] == "new"
    assert saved.json()["mapping"]["fields"]["order_id"] == "订单号"
    done = admin.post(f"{BASE}/orders/run", json={"wait": True}).json()
    assert (done["last_run"]["state"], done["last_run"]["rows"], done["last_run"]["facts"]) == ("done", 2, 2)
    assert (done["state"], done["lag_seconds"], done["left"]) == ("waiting", 0, 0)
    put(exports, "1.csv", ORDERS + order(1) + order(2) + order(3), NOW - HOUR // 2)
    put(exports, "2.csv", ORDERS + order(3))
    shop.clock.now += HOUR
    assert Pulls(shop.installation).read_due() == 1
    run = admin.get(f"{BASE}/orders/runs").json()["runs"][0]
    assert (run["by"], run["batches"], run["rows"], run["facts"], run["duplicates"]) == (
        "schedule",
        2,
        4,
        4,
        3,
    )
    admin.post(f"{BASE}/orders/again", json={})
    run = admin.post(f"{BASE}/orders/run", json={"wait": True}).json()["last_run"]
    assert (run["by"], run["rows"], run["facts"], run["duplicates"]) == ("ada@shop.test", 4, 4, 4)
    counted = admin.post(
        f"/api/v1/projects/{PROJECT}/sql", json={"sql": "select count(*) n from events"}
    ).json()
    assert counted["rows"] == [[3]]


def test_the_last_run_is_the_one_that_began_last_even_within_a_millisecond(
    shop: Shop, admin: httpx.Client, exports: Path
) -> None:
    put(exports, "1.csv", ORDERS + order(1))
    assert admin.put(f"{BASE}/orders", json=body(exports)).status_code == 200
    begun = []
    for number in range(12):
        with shop.installation.catalog.write() as db:
            held = connectors.get(db, PROJECT, "orders")
            begun.append(connectors.begin(db, held, f"{(7 * number) % 12:016x}", "test", shop.clock()).id)
    told = [run["id"] for run in admin.get(f"{BASE}/orders/runs").json()["runs"]]
    assert told == begun[::-1]


def test_a_file_that_cannot_be_read_holds_up_no_other(shop: Shop, admin: httpx.Client, exports: Path) -> None:
    put(exports, "1.csv", ORDERS + order(1), NOW - 2 * HOUR)
    assert admin.put(f"{BASE}/orders", json=body(exports)).status_code == 200
    put(exports, "0.csv", "其他,列\n1,2\n", NOW - 3 * HOUR)
    done = admin.post(f"{BASE}/orders/run", json={"wait": True}).json()
    assert (done["last_run"]["state"], done["last_run"]["rows"], done["last_run"]["failed"]) == (
        "partly",
        1,
        1,
    )
    assert done["problem"]["where"] == "0.csv"
    assert done["state"] == "failing"
    put(exports, "0.csv", ORDERS + order(9), NOW - HOUR)
    shop.clock.now += 1000
    done = admin.post(f"{BASE}/orders/run", json={"wait": True}).json()
    assert (done["last_run"]["state"], done["last_run"]["rows"], done["problem"]) == ("done", 1, None)


def test_rows_that_cannot_be_kept_are_kept_with_their_reason_once(
    shop: Shop, admin: httpx.Client, exports: Path
) -> None:
    put(exports, "1.csv", ORDERS + order(1) + order(2, "免费"))
    admin.put(f"{BASE}/orders", json=body(exports))
    for _ in range(2):
        admin.post(f"{BASE}/orders/again", json={})
        run = admin.post(f"{BASE}/orders/run", json={"wait": True}).json()["last_run"]
        assert (run["accepted"], run["rejected"]) == (1, 1)
        assert (run["problems"][0]["code"], run["problems"][0]["where"]) == ("not_money", "1.csv")
    kept = admin.get(f"/api/v1/projects/{PROJECT}/rejected").json()
    assert [one["code"] for one in kept["items"]] == ["not_money"]


def test_a_folder_that_is_not_allowed_is_not_read(shop: Shop, admin: httpx.Client, exports: Path) -> None:
    (exports / "out").symlink_to("/etc")
    for folder in ("/etc", str(exports / ".."), str(exports / "out")):
        reply = admin.post(f"{BASE}/check", json={"kind": "folder", "place": {"folder": folder}})
        assert reply.status_code == 403, folder
        assert reply.json()["error"]["code"] == "folder_not_allowed"
    put(exports, "1.csv", ORDERS + order(1))
    (exports / "passwd").symlink_to("/etc/passwd")
    reply = admin.post(f"{BASE}/check", json={"kind": "folder", "place": {"folder": str(exports)}})
    assert reply.json()["message"] == "Connected. 1 files to read."


def test_secrets_are_encrypted_and_never_shown(shop: Shop, admin: httpx.Client) -> None:
    place = {
        "host": "127.0.0.1",
        "port": 9,
        "user": "reader",
        "password": "hunter2",
        "host_key": "SHA256:abc",
    }
    mapping = {"who": {"phone": "手机号"}, "when": "付款时间", "fields": {"order_id": "订单号"}}
    asked = {"kind": "sftp", "place": place, "rows": "orders", "mapping": mapping}
    reply = admin.put(f"{BASE}/remote", json=asked)
    assert reply.status_code == 503, reply.text  # nobody listens there
    assert "hunter2" not in reply.text
    reply = admin.put(f"{BASE}/remote", json=asked | {"place": place | {"port": "hunter2"}})
    assert reply.json()["error"]["field"] == "port"
    reply = admin.put(f"{BASE}/remote", json=asked | {"place": place | {"password": ["hunter2"]}})
    assert "hunter2" not in reply.text


def test_a_secret_is_in_no_byte_at_rest_and_is_still_sent(
    shop: Shop, admin: httpx.Client, exports: Path
) -> None:
    secret, rows = (
        "hunter2-of-the-api",
        json.dumps([{"order": "T1", "paid": "2026-11-21 10:00:00", "m": "13800130001"}]),
    )
    with receiver() as there:
        there.answers += [(200, rows.encode())] * 6
        place = {"url": there.url, "method": "POST", "body": "{}", "sign_in": "bearer", "secret": secret}
        mapping = {"who": {"phone": "m"}, "when": "paid", "fields": {"order_id": "order"}}
        asked = {"kind": "http", "place": place, "rows": "orders", "mapping": mapping}
        saved = admin.put(f"{BASE}/api", json=asked)
        assert saved.status_code == 200, saved.text
        run = admin.post(f"{BASE}/api/run", json={"wait": True})
        assert run.json()["last_run"]["state"] == "done", run.text
        assert there.received[-1].headers["Authorization"] == f"Bearer {secret}"
        assert "secret" in saved.json()["secrets"]
        told = [saved.text, run.text, admin.get(BASE).text, admin.get(f"{BASE}/api").text]
        told.append(admin.get(f"/api/v1/projects/{PROJECT}/audit").text)
    assert not [text for text in told if secret in text]
    shop.installation.store(PROJECT).flush()
    home = shop.installation.settings.home
    at_rest = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert any(path.name.startswith("catalog") for path in at_rest)
    assert not [path for path, held in at_rest.items() if secret.encode() in held]


def test_a_failure_that_may_pass_is_tried_again_and_told(
    shop: Shop, admin: httpx.Client, exports: Path
) -> None:
    put(exports, "1.csv", ORDERS + order(1))
    with receiver() as there:
        target = {"channel": "webhook", "target": {"url": there.url}, "language": "en"}
        assert admin.put(f"/api/v1/projects/{PROJECT}/destinations/ops", json=target).status_code == 200
        assert admin.put(f"{BASE}/orders", json=body(exports, tell=["ops"])).status_code == 200
        pulls = Pulls(shop.installation, Random(1))
        exports.rename(exports.with_name("away"))
        assert pulls.read_due() == 1
        found = admin.get(f"{BASE}/orders").json()
        assert (found["state"], found["next_at"], found["problem"]["passing"]) == ("failing", None, False)
        assert (pulls.tell_due(), pulls.tell_due()) == (1, 0)
        exports.with_name("away").rename(exports)
        assert admin.post(f"{BASE}/orders/run", json={"wait": True}).json()["problem"] is None
        assert (pulls.tell_due(), pulls.tell_due()) == (1, 0)
        kinds = [json.loads(one.body)["kind"] for one in there.received]
    assert kinds == ["fired", "recovered"]


def test_paused_connectors_rest(shop: Shop, admin: httpx.Client, exports: Path) -> None:
    put(exports, "1.csv", ORDERS + order(1))
    admin.put(f"{BASE}/orders", json=body(exports))
    assert admin.post(f"{BASE}/orders/pause", json={"paused": True}).json()["state"] == "paused"
    assert Pulls(shop.installation).read_due() == 0
    assert admin.post(f"{BASE}/orders/run", json={}).json()["error"]["code"] == "connector_paused"
    admin.post(f"{BASE}/orders/pause", json={"paused": False})
    assert Pulls(shop.installation).read_due() == 1


def test_one_of_several_processes_reads(shop: Shop, admin: httpx.Client, exports: Path) -> None:
    put(exports, "1.csv", ORDERS + order(1))
    admin.put(f"{BASE}/orders", json=body(exports))
    catalog = shop.installation.catalog
    with catalog.write() as db:
        one = connectors.get(db, PROJECT, "orders")
        assert connectors.claim(db, one, "elsewhere/1", NOW)
        assert not connectors.claim(db, one, "here/2", NOW)
        assert not connectors.hold(db, one, "here/2", NOW, cursor={"files": {}})
    assert Pulls(shop.installation).read_due() == 0
    shop.clock.now += connectors.LEASE_MS + 1
    assert Pulls(shop.installation).read_due() == 1
    with catalog.write() as db:
        assert not connectors.hold(db, one, "elsewhere/1", NOW, cursor={})
        connectors.claim(db, one, f"{shop.installation.holder}/dead", shop.clock.now)
        connectors.free(db, shop.installation.holder)
        assert connectors.get(db, PROJECT, "orders").lease is None


@pytest.mark.parametrize(
    ("who", "add", "run"),
    [("viewer", 403, 403), ("editor", 403, 200), ("owner", 200, 200), ("stranger", 404, 404)],
)
def test_owners_add_and_editors_run(
    shop: Shop, people: dict[str, httpx.Client], exports: Path, who: str, add: int, run: int
) -> None:
    put(exports, "1.csv", ORDERS + order(1))
    assert people["admin"].put(f"{BASE}/one", json=body(exports)).status_code == 200
    client = people[who]
    assert client.put(f"{BASE}/two", json=body(exports)).status_code == add
    asked = {"kind": "folder", "place": {"folder": str(exports)}}
    assert client.post(f"{BASE}/discover", json=asked).status_code == add
    assert client.post(f"{BASE}/one/run", json={}).status_code == run


def test_bad_schedules_are_told(admin: httpx.Client, exports: Path) -> None:
    put(exports, "1.csv", ORDERS + order(1))
    for schedule in ({"cron": "every day"}, {"cron": "0 3 * * *", "every_minutes": 5}, {"every_minutes": 0}):
        assert admin.put(f"{BASE}/a", json=body(exports, schedule=schedule)).status_code == 422
