"""A shop with somebody in it who can be found everywhere, and others who must not notice that she goes."""

from __future__ import annotations

from typing import Any

import httpx

from tests.api.shop import NOW, Shop
from tests.scan import traces

DAY = 86_400_000
SHOP = "/api/v1/projects/shop-a"
WORDS = [
    "13912345678",
    "anna.w@post.test",
    "欧阳安娜测试",
    "文三路999号",
    "card-00998877",
    "oANNA_openid_0123456789012345",
]
"""What names her, wherever it stands."""
PHONE = "phone:+8613912345678"


def fill(shop: Shop, admin: httpx.Client) -> Any:
    """Put Anna and ten others into shop-a, in every place that keeps something of people; returns the source."""
    source = admin.post(f"{SHOP}/sources", json={"name": "Web"}).json()
    key = {"X-Write-Key": source["write_key"]}
    events: list[dict[str, Any]] = []
    for day in range(3):
        for who in range(10):
            person = {"user": f"user-{who:06}"}
            events.append(
                {"event": "view_item", "time": NOW - day * DAY - who, "id": f"v{day}{who}", "who": person}
            )
        events.append(
            {
                "event": "purchase",
                "time": NOW - day * DAY - 50,
                "id": f"p{day}",
                "who": {
                    "member_card": WORDS[4],
                    "phone": WORDS[0],
                    "openid": f"wx1/{WORDS[5]}",
                    "device": "device-of-anna",
                },
                "properties": {
                    "value": 9900,
                    "receiver_name": WORDS[2],
                    "address": WORDS[3],
                    "order_id": f"o-{day}",
                },
                "items": [{"item_id": "sku", "price": 9900, "quantity": 1}],
                "person": {"set": {"name": WORDS[2], "email": WORDS[1], "address": WORDS[3], "city": "杭州"}},
                "consent": [
                    {
                        "purpose": "marketing",
                        "channel": "sms",
                        "state": "granted",
                        "evidence": f"said {WORDS[2]}",
                    }
                ],
            }
        )
    events.append(
        {
            "event": "share",
            "time": NOW - 9,
            "id": "s",
            "who": {"user": "user-000003"},
            "properties": {
                "shared_by": WORDS[5],
                "note": f"请给{WORDS[0]}打电话，或写信到{WORDS[1]}吧",
                "link": f"https://shop.test/?by={WORDS[1].replace('@', '%40')}&tel=%2B86{WORDS[0]}",
                "contact": int(WORDS[0]),
                "tags": [WORDS[1], "vip"],
            },
        }
    )
    events.append(
        {
            "event": "purchase",
            "id": "bad",
            "who": {"phone": WORDS[0]},
            "properties": {"value": "12.5x", "name": WORDS[2]},
        }
    )
    reply = admin.post("/v1/events", json=events, headers=key)
    assert reply.status_code == 200, reply.text
    assert (reply.json()["accepted"], len(reply.json()["rejected"])) == (34, 1), reply.text
    shop.installation.store("shop-a").sync()
    lines = [PHONE, "user:user-000001", f"openid:wx1/{WORDS[5]}"]
    made = admin.post(f"{SHOP}/segments", json={"name": "List", "kind": "list", "identifiers": lines})
    assert made.status_code == 201, made.text
    query = {"name": "One", "sql": f"SELECT * FROM persons WHERE phone = '{WORDS[0]}'"}
    assert admin.post(f"{SHOP}/sql/queries", json=query).status_code == 201
    file = ("members.csv", f"phone,name\n{WORDS[0]},{WORDS[2]}\n".encode(), "text/csv")
    looked = admin.post(f"{SHOP}/imports/preview", files={"file": file}, data={"kind": "people"})
    assert looked.status_code == 200, looked.text
    return source


def trends(client: httpx.Client, event: str = "*", **more: Any) -> Any:
    """Ask how many people and events there were."""
    params = {
        "series": [
            {"step": {"any_of": [{"event": event}]}, "measure": {"kind": kind}}
            for kind in ("people", "count")
        ],
        "grain": "total",
        **more,
    }
    reply = client.post(f"{SHOP}/analyses/trends", json=params)
    assert reply.status_code == 200, reply.text
    return reply.json()


def totals(client: httpx.Client, event: str = "*") -> list[float]:
    return [line["total"] for line in trends(client, event)["result"]["lines"]]


def left(shop: Shop) -> list[str]:
    """Return where she can still be found under the data folder."""
    return traces(shop.installation.settings.home, WORDS)
