"""How long events are kept: what is older goes at night, what people said of themselves stays."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from tests.api.anna import PHONE, SHOP, WORDS
from tests.api.shop import NOW, Shop
from tidewheel.core.period import Calendar
from tidewheel.serve.nightly import Nightly
from tidewheel.serve.privacy.retention import months_before
from tidewheel.store.catalog import projects

DAY = 86_400_000


def test_what_is_older_goes_at_night(shop: Shop, admin: httpx.Client) -> None:
    keys = {
        name: admin.post(f"{SHOP}/sources", json={"name": name}).json()["write_key"]
        for name in ("Web", "Store")
    }
    for name, key in keys.items():
        events = [
            {"event": "visit", "time": NOW - days * DAY, "id": f"{name}{days}", "who": {"phone": WORDS[0]}}
            for days in (1, 100, 500)
        ]
        events.append(
            {"who": {"phone": WORDS[0]}, "time": NOW - 600 * DAY, "person": {"set": {"city": "杭州"}}}
        )
        admin.post("/v1/events", json=events, headers={"X-Write-Key": key})
    policy = admin.get(f"{SHOP}/privacy").json()["policy"]
    policy |= {"keep_months": 12, "keep_months_by_source": {"web": 2}}
    assert admin.put(f"{SHOP}/privacy", json=policy).status_code == 200
    shop.installation.store("shop-a").flush()
    with shop.installation.catalog.read() as db:
        project = projects.get(db, "shop-a")
    nightly = Nightly(shop.installation)
    assert (nightly.expire(project), nightly.expire(project)) == (3, 0)
    found = admin.get(f"{SHOP}/people/{PHONE}").json()
    assert (found["events"], found["properties"]["city"]["value"]) == (3, "杭州")
    assert {one["source"] for one in admin.get(f"{SHOP}/people/{PHONE}/events").json()["events"]} == {
        "web",
        "store",
    }
    [noted] = [
        one for one in admin.get("/api/v1/audit").json()["entries"] if one["action"] == "events_expired"
    ]
    assert noted["detail"] == {"events": 3}


@pytest.mark.parametrize(
    ("today", "months", "then"),
    [("2026-11-29", 1, "2026-10-29"), ("2026-03-31", 1, "2026-02-28"), ("2026-01-15", 13, "2024-12-15")],
)
def test_months_end_where_they_end(today: str, months: int, then: str) -> None:
    calendar = Calendar(zone="UTC")
    now = int(datetime.fromisoformat(f"{today}T13:00").replace(tzinfo=UTC).timestamp() * 1000)
    found = datetime.fromtimestamp(months_before(calendar, now, months) / 1000, UTC)
    assert found.isoformat() == f"{then}T00:00:00+00:00"
