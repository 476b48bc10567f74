"""A period is settled once and a message is taken once, however many processes try."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.api.shop import NOW
from tidewheel.core.errors import NotFound
from tidewheel.store.catalog import (
    Alert,
    AlertCheck,
    Catalog,
    Delivery,
    alerts,
    deliveries,
    destinations,
    projects,
)
from tidewheel.store.catalog.secret import new_id

RULE: dict[str, Any] = {"metric": "gmv", "by": "day", "rule": {"kind": "threshold", "above": 1}}
DAY = 86_400_000


@pytest.fixture
def shop(catalog: Catalog) -> Catalog:
    with catalog.write() as db:
        projects.add(db, name="Shop", time_zone="UTC", currency="CNY", week_start=0, now=NOW)
        alerts.put(db, project_id="shop", name="high", definition=RULE, by="ada", now=NOW)
    return catalog


def row(start: int, time: int = NOW) -> AlertCheck:
    return AlertCheck(
        project_id="shop", name="high", start=start, end=start + DAY, time=time, running=False, bad=True,
        muted=False, value=2.0, expected=None, low=None, high=1.0, reason=None, format="number",
    )  # fmt: skip


def message(start: int | None, now: int = NOW) -> Delivery:
    return Delivery(
        id=new_id(), project_id="shop", name="high", start=start, destination="ops", kind="fired",
        message={"title": "x"}, state="waiting", attempts=0, created_at=now, next_at=now,
    )  # fmt: skip


def settle(catalog: Catalog, start: int, time: int = NOW) -> AlertCheck | None:
    def decide(alert: Alert, found: AlertCheck) -> list[Delivery]:
        first = not alert.told
        alert.told, alert.last_told, found.news = True, found.start, "fired" if first else None
        return [message(start, time)] if first else []

    with catalog.write() as db:
        return alerts.settle(db, row(start, time), decide)


def test_two_checkers_at_once_tell_once(shop: Catalog, url: str) -> None:
    other = Catalog(url)
    for day in range(12):
        barrier = Barrier(4)

        def work(catalog: Catalog, barrier: Barrier = barrier, day: int = day) -> AlertCheck | None:
            barrier.wait(20)
            return settle(catalog, day * DAY)

        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(work, [shop, other, shop, other]))
        assert sum(one is not None for one in found) == 1, day
    with shop.read() as db:
        assert len(alerts.checks(db, "shop", "high", 100)) == 12
        assert len(deliveries.listed(db, "shop", "high", 100)) == 1
    other.close()


def test_a_message_is_taken_by_one(shop: Catalog, url: str) -> None:
    settle(shop, 0)
    other = Catalog(url)
    with shop.read() as db:
        [waiting] = deliveries.due(db, NOW, 10)
    barrier = Barrier(4)

    def take(catalog: Catalog) -> bool:
        barrier.wait(20)
        with catalog.write() as db:
            return deliveries.claim(db, waiting, NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, [shop, other, shop, other])) == [False, False, False, True]
    with shop.read() as db:
        assert deliveries.due(db, NOW + deliveries.LEASE_MS - 1, 10) == []
        [again] = deliveries.due(db, NOW + deliveries.LEASE_MS, 10)
        assert again.attempts == 1
    with shop.write() as db:
        deliveries.finish(db, again.id, now=NOW, error=None, next_at=None)
        assert deliveries.due(db, NOW * 2, 10) == []
    other.close()


def test_another_rule_begins_anew_and_another_recipient_does_not(shop: Catalog) -> None:
    settle(shop, 0)
    with shop.write() as db:
        same = alerts.put(
            db, project_id="shop", name="high", definition={**RULE, "to": ["ops"]}, by="bo", now=NOW
        )
        assert (same.told, same.last_told) == (True, 0)
        other = {**RULE, "rule": {"kind": "threshold", "above": 2}}
        changed = alerts.put(db, project_id="shop", name="high", definition=other, by="bo", now=NOW)
        assert (changed.told, changed.last_told) == (False, None)


def test_history_is_forgotten_after_long_and_goes_with_its_alert(shop: Catalog) -> None:
    settle(shop, 0)
    later = NOW + (alerts.KEPT_DAYS + 1) * DAY
    settle(shop, DAY, later)
    with shop.write() as db:
        assert [one.start for one in alerts.checks(db, "shop", "high", 10)] == [DAY]
        assert deliveries.listed(db, "shop", "high", 10) == []
        db.delete(alerts.get(db, "shop", "high"))
    assert settle(shop, 2 * DAY) is None
    with shop.read() as db:
        assert alerts.checks(db, "shop", "high", 10) == []


def test_what_is_not_there_is_told_with_the_nearest(shop: Catalog) -> None:
    with shop.write() as db:
        destinations.put(
            db, project_id="shop", name="ops", channel="mail", target={}, language="en", by="a", now=NOW
        )
        with pytest.raises(NotFound) as raised:
            destinations.get(db, "shop", "op")
        assert "ops" in str(raised.value)
        with pytest.raises(NotFound) as raised:
            alerts.get(db, "shop", "hig")
        assert "high" in str(raised.value)
