"""One error shape everywhere, in both languages, telling what to do and nothing of the inside."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import structlog

from tests.api.shop import Shop
from tidewheel.serve import logs

FIELDS = {"code", "message", "field", "got", "expected", "hint"}


def error(reply: httpx.Response) -> dict[str, object]:
    assert reply.headers["content-type"] == "application/json"
    assert set(reply.json()) == {"error"}
    said: dict[str, object] = reply.json()["error"]
    assert set(said) == FIELDS
    assert reply.headers["x-request-id"]
    return said


@pytest.mark.parametrize(
    ("send", "status", "code"),
    [
        (lambda c: c.get("/api/v1/nowhere"), 404, "no_such_address"),
        (lambda c: c.get("/v1/nowhere"), 404, "no_such_address"),
        (lambda c: c.put("/api/v1/projects"), 405, "method_not_allowed"),
        (lambda c: c.post("/api/v1/projects", content=b"{", headers={"content-type": "application/json"}), 422, "bad_json"),
        (lambda c: c.post("/api/v1/projects", json={}), 422, "missing_field"),
        (lambda c: c.post("/api/v1/projects", json={"name": "x", "colour": 1}), 422, "bad_field"),
        (lambda c: c.post("/api/v1/projects", json={"name": "x", "time_zone": "Mars"}), 422, "unknown_time_zone"),
        (lambda c: c.post("/api/v1/projects", json={"name": "a\0b"}), 422, "bad_field"),
        (lambda c: c.get("/api/v1/projects/none"), 404, "no_such_project"),
        (lambda c: c.get("/api/v1/projects/shop-a/people?limit=0"), 422, "bad_field"),
        (lambda c: c.get("/api/v1/projects/shop-a/people/none"), 404, "no_such_person"),
        (lambda c: c.post("/api/v1/projects/shop-a/analyses/nothing", json={}), 404, "no_such_address"),
        (lambda c: c.delete("/api/v1/projects/shop-a"), 422, "not_confirmed"),
        (lambda c: c.get("/api/v1/projects/shop-a/queries/none"), 404, "no_such_query"),
        (lambda c: c.post("/api/v1/projects", content=b"x" * (11 * 2**20)), 413, "body_too_large"),
    ],
)  # fmt: skip
def test_shape(
    admin: httpx.Client, send: Callable[[httpx.Client], httpx.Response], status: int, code: str
) -> None:
    reply = send(admin)
    assert (reply.status_code, error(reply)["code"]) == (status, code)


def test_languages(admin: httpx.Client) -> None:
    for spoken, message in (
        ("zh-CN,zh;q=0.9,en;q=0.1", "缺少 name。"),
        ("en", "name is missing."),
        ("fr", "name is missing."),
    ):
        reply = admin.post("/api/v1/projects", json={}, headers={"Accept-Language": spoken})
        assert error(reply)["message"] == message


def test_the_field_of_a_nested_mistake_is_named(admin: httpx.Client) -> None:
    step = {"any_of": [{"event": "a", "filters": [{"property": "channel", "op": "equals", "value": 1}]}]}
    reply = admin.post("/api/v1/projects/shop-a/analyses/funnel", json={"steps": [step, step]})
    said = error(reply)
    assert said["field"] == "steps.0.any_of.0.filters.0.op"
    assert said["got"] == "equals"


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ({"from": "0001-01-01", "to": "0001-01-02"}, "period.from 不能小于 1900-01-01。"),
        ({"from": "2026-01-01", "to": "9999-12-31"}, "period.to 不能大于 2199-12-31。"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "时间段的结束（2026-02-01）早于开始（2026-02-02）"),
    ],
)
def test_a_period_that_cannot_be_is_told_in_the_askers_language(
    admin: httpx.Client, period: dict[str, str], words: str
) -> None:
    question = {"series": [{"step": {"any_of": [{"event": "*"}]}}], "period": period, "grain": "total"}
    address = "/api/v1/projects/shop-a/analyses/trends"
    reply = admin.post(address, json=question, headers={"Accept-Language": "zh"})
    assert (reply.status_code, error(reply)["code"]) == (422, "bad_field")
    assert words in str(error(reply)["message"])


ORDERS = {"kind": "trends", "params": {"series": [{"step": {"any_of": [{"event": "*"}]}}]}}


@pytest.mark.parametrize(
    ("address", "body", "words"),
    [
        ("alerts/a", {"metric": "m", "rule": {"kind": "threshold"}}, "请填写 above、below 或两者"),
        ("alerts/a", {"metric": "m"}, "缺少 rule"),
        ("alerts/a", {"metric": "m", "rule": {"kind": "change", "by": "x"}}, "必须是数字"),
        ("goals/g", {"title": "T", "metric": "m", "how": "sum", "parts": []}, "sum 至少需要两个部分"),
        ("metrics/m", {"title": "T"}, "请填写 question 与 figure，或填写 formula"),
        ("metrics/m", {"title": "T", "question": ORDERS | {"params": {}}, "figure": "A"}, "缺少 series"),
        ("picks/p", {"title": "T", "any_of": [{"event": "*"}]}, "每条规则需写一个已接收的事件名"),
    ],
)
def test_what_a_definition_lacks_is_told_in_the_askers_language(
    admin: httpx.Client, address: str, body: dict[str, object], words: str
) -> None:
    reply = admin.put(
        f"/api/v1/projects/shop-a/{address}", json={"definition": body}, headers={"Accept-Language": "zh"}
    )
    assert words in str(error(reply)["message"])
    assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}", str(error(reply)["message"]))


def test_the_longest_period_and_the_one_before_it_are_answered(admin: httpx.Client) -> None:
    question = {
        "series": [{"step": {"any_of": [{"event": "*"}]}}],
        "period": {"from": "1900-01-01", "to": "2199-12-31"},
        "grain": "total",
        "compare": [{"period": "previous"}],
    }
    assert admin.post("/api/v1/projects/shop-a/analyses/trends", json=question).status_code == 200


def test_methods_of_an_address_are_told(admin: httpx.Client) -> None:
    reply = admin.put("/api/v1/projects/shop-a")
    assert error(reply)["expected"] == ["DELETE", "GET", "PATCH"]
    assert reply.headers["allow"] == "DELETE, GET, PATCH"


def test_what_went_wrong_inside_stays_inside(
    shop: Shop, admin: httpx.Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise RuntimeError("the secret")

    monkeypatch.setattr(shop.installation.dictionary, "contents", lambda snapshot: fail())
    reply = admin.get("/api/v1/projects/shop-a/schema", headers={"X-Request-Id": "abc-12345"})
    assert reply.status_code == 500
    assert error(reply)["code"] == "internal"
    assert "secret" not in reply.text
    assert "abc-12345" in reply.text
    assert "the secret" in capsys.readouterr().out


def test_logging_set_up_for_one_command_does_not_outlive_it(
    shop: Shop, admin: httpx.Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as here, Path(os.devnull).open("w") as gone:
        here.setattr("sys.stderr", gone)
        logs.set_up(shop.installation.settings)
        admin.get("/api/v1/session")
    structlog.reset_defaults()
    assert admin.get("/api/v1/session").status_code == 200
    assert "api/v1/session" in capsys.readouterr().out


def test_passwords_are_not_echoed(shop: Shop, admin: httpx.Client) -> None:
    reply = admin.post("/api/v1/users", json={"email": "x@y", "name": "x", "password": "short"})
    assert error(reply)["field"] == "password"
    assert "short" not in reply.text.replace("too short", "")


def test_headers(shop: Shop) -> None:
    reply = shop.client().get("/api/v1/health")
    assert "script-src 'self'" in reply.headers["content-security-policy"]
    assert "unsafe-inline" not in reply.headers["content-security-policy"].split("style-src")[0]
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "no-store"
    assert "server" not in reply.headers


def test_health_tells_what_waits_and_what_is_wrong(shop: Shop, admin: httpx.Client) -> None:
    def told() -> tuple[int, bool, str | None]:
        reply = admin.get("/api/v1/health")
        [one] = [one for one in reply.json()["checks"] if one["name"] == "store of shop-a"]
        return reply.status_code, one["ok"], one["detail"]

    store = shop.installation.store("shop-a")
    assert told() == (200, True, None)
    store.settings = store.settings.model_copy(update={"inbox_max_events": 1})
    made = admin.post("/api/v1/projects/shop-a/sources", json={"name": "web", "kind": "web"}).json()
    key = made["write_key"]
    admin.post("/v1/events", json={"event": "a", "who": {"device": "d"}}, headers={"X-Write-Key": key})
    status, ok, detail = told()
    assert (status, ok) == (200, True)
    assert detail
    assert detail.startswith("1 of at most 1 events wait for the lake")
    store.drain_error = "Unavailable: disk"
    status, ok, detail = told()
    assert (status, ok) == (503, False)
    assert detail
    assert detail.endswith("Events do not reach the lake: Unavailable: disk.")
    store.drain_error = None


def test_unknown_pages_are_not_the_api(shop: Shop) -> None:
    assert error(shop.client().get("/api/nope"))["code"] == "no_such_address"


def test_metrics_count_by_route(admin: httpx.Client) -> None:
    admin.get("/api/v1/projects/shop-a")
    text = admin.get("/metrics").text
    assert 'route="/api/v1/projects/{project}",status="200"' in text
    assert "shop-a" not in text.split("tidewheel_events")[0]
