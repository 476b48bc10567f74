"""Goods that clients send: what they say holds in a running server without anybody doing anything."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import pytest

from tests.live.conftest import LIMIT, Place

pytestmark = pytest.mark.slow


def test_goods_that_were_sent_are_known_within_seconds(place: Callable[[], Place]) -> None:
    shop = place()
    server, key = shop.address.split("/in/")
    with httpx.Client(base_url=server, trust_env=False) as client:
        event = {"event": "view_item", "who": {"device": shop.mine("d")}, "items": [{"item_id": "S1"}]}
        assert client.post("/v1/events", json=event, headers={"X-Write-Key": key}).is_success
        query = f"select items[1].item_name from events where source = '{shop.id}' and name = 'view_item'"
        assert shop.rows(query) == [[None]]
        goods = [{"key": "sku", "id": "S1", "attributes": {"name": "连衣裙"}}]
        assert client.post(f"/in/{key}/projects/x/collect/item", json=goods).status_code == 204
        end = time.monotonic() + LIMIT
        while (found := shop.rows(query)) != [["连衣裙"]] and time.monotonic() < end:
            time.sleep(0.2)
        assert found == [["连衣裙"]]
