"""Who has been told that an event was taken in finds it."""

from __future__ import annotations

import httpx

from tests.api.shop import Shop

PROJECT = "/api/v1/projects/shop-a"


def test_a_person_is_found_as_soon_as_the_event_is_acknowledged(shop: Shop, admin: httpx.Client) -> None:
    source = admin.post(f"{PROJECT}/sources", json={"name": "Web"}).json()
    for number in range(1, 9):
        event = {"event": "login", "who": {"user": f"u-{number}"}}
        taken = shop.client().post("/v1/events", json=event, headers={"x-write-key": source["write_key"]})
        assert taken.json()["accepted"] == 1
        found = admin.get(f"{PROJECT}/people/user:u-{number}")
        assert found.status_code == 200, found.text
        assert admin.get(f"{PROJECT}/people").json()["total"] == number
