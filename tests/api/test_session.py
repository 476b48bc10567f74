"""First set-up, signing in, CSRF, rate limits."""

from __future__ import annotations

import httpx
import pytest

from tests.api.shop import PASSWORD, Shop


def test_setup_happens_once(shop: Shop) -> None:
    client = shop.client()
    assert client.get("/api/v1/setup").json() == {"needed": True}
    body = {"email": "a@b", "name": "Ada", "password": PASSWORD, "project_name": "花间"}
    reply = client.post("/api/v1/setup", json=body)
    assert reply.status_code == 201
    assert reply.json()["projects"] == [
        {
            "id": "project",
            "name": "花间",
            "role": "owner",
            "time_zone": "Asia/Shanghai",
            "currency": "CNY",
            "week_start": 0,
            "holidays": "CN",
        }
    ]
    assert client.get("/api/v1/setup").json() == {"needed": False}
    again = shop.client().post("/api/v1/setup", json=body)
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "already_set_up"


def test_sign_in_and_out(shop: Shop, admin: httpx.Client) -> None:
    client = shop.signed_in("ada@shop.test")
    session = client.get("/api/v1/session").json()
    assert session["user"]["email"] == "ada@shop.test"
    assert session["projects"][0]["id"] == "shop-a"
    cookie = next(cookie for cookie in client.cookies.jar if cookie.name == "tidewheel_session")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert client.delete("/api/v1/session").status_code == 200
    assert client.get("/api/v1/session").status_code == 401
    assert admin.get("/api/v1/session").status_code == 200


def test_a_sign_in_ends_by_itself(shop: Shop, admin: httpx.Client) -> None:
    shop.clock.now += shop.installation.settings.session_hours * 3_600_000
    assert admin.get("/api/v1/session").status_code == 401


def test_unsafe_methods_need_the_csrf_token(shop: Shop, admin: httpx.Client) -> None:
    del admin.headers["X-CSRF-Token"]
    reply = admin.post("/api/v1/projects", json={"name": "B"})
    assert reply.status_code == 403
    assert reply.json()["error"]["code"] == "csrf_token_missing"
    reply = admin.post("/api/v1/projects", json={"name": "B"}, headers={"X-CSRF-Token": "wrong"})
    assert reply.status_code == 403
    assert admin.get("/api/v1/projects").status_code == 200


def test_other_sites_cannot_sign_somebody_in(admin: httpx.Client) -> None:
    reply = admin.post(
        "/api/v1/session",
        json={"email": "ada@shop.test", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert reply.json()["error"]["code"] == "cross_site"


def test_guessing_is_slowed_down(shop: Shop, admin: httpx.Client) -> None:
    client = shop.client()
    wrong = {"email": "ada@shop.test", "password": "guess"}
    for _ in range(shop.installation.settings.sign_in_attempts):
        assert client.post("/api/v1/session", json=wrong).status_code == 401
    reply = client.post("/api/v1/session", json={**wrong, "password": PASSWORD})
    assert reply.status_code == 429
    assert int(reply.headers["retry-after"]) == 15 * 60
    shop.clock.now += 15 * 60_000
    assert client.post("/api/v1/session", json={**wrong, "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("email", ["nobody@shop.test", "ada@shop.test"])
def test_a_wrong_password_does_not_tell_whether_the_user_exists(
    shop: Shop, admin: httpx.Client, email: str
) -> None:
    reply = shop.client().post(
        "/api/v1/session", json={"email": email, "password": "x"}, headers={"Accept-Language": "zh-CN"}
    )
    assert reply.status_code == 401
    assert reply.json()["error"]["message"] == "邮箱或密码不正确。"


def test_a_new_password_signs_out_other_browsers(shop: Shop, admin: httpx.Client) -> None:
    other = shop.signed_in("ada@shop.test")
    change = {"password": {"current": "no", "new": "another horse"}}
    assert admin.patch("/api/v1/me", json=change).json()["error"]["field"] == "password.current"
    change["password"]["current"] = PASSWORD
    assert admin.patch("/api/v1/me", json={**change, "language": "zh"}).json()["language"] == "zh"
    assert admin.get("/api/v1/session").status_code == 200
    assert other.get("/api/v1/session").status_code == 401
    shop.signed_in("ada@shop.test", "another horse")
