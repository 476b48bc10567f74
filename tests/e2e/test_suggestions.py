"""A member of staff looks for people who are there twice, joins one pair by keyboard and refuses another."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader
from tests.planted_people import planted

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(reader: Reader) -> str:
    """A project of people who are nobody else, and two who are there twice."""
    told: dict[str, dict[str, Any]] = dict(planted(5, 40, twice=0, twins=0).told)
    first = {"name": "欧阳文静", "birthday": "1988-03-04", "email": "wenjing.oy@qq.com", "city": "厦门"}
    second = {"name": "诸葛小雨", "birthday": "1991-07-08", "email": "zhugexy@126.com", "city": "厦门"}
    told |= {"openid:w1": first, "openid:w2": first}
    told |= {"cookie:z1": second, "cookie:z2": second | {"birthday": "1991-08-07"}}
    project, key = reader.new_project("Twice")
    with reader.server.client() as client:
        now = int(time.time() * 1000)
        events = [
            {
                "event": "login",
                "time": now - 60_000,
                "id": actor,
                "who": dict([actor.split(":", 1)]),
                "person": {"set": properties},
            }
            for actor, properties in told.items()
        ]
        reply = client.post("/v1/events", json=events, headers={"X-Write-Key": key})
        assert reply.json()["accepted"] == len(events)
    return project


def test_people_who_are_there_twice_are_joined_or_kept_apart(reader: Reader, shop: str) -> None:
    page, words = reader.page, reader.words
    reader.go("identity?view=suggestions", shop)
    reader.press("identity.suggest.look")
    pairs = page.locator("ol > li")
    expect(pairs).to_have_count(2)
    expect(pairs.first).to_contain_text("欧阳文静")
    expect(pairs.nth(1)).to_contain_text("1991-08-07")
    page.keyboard.press("j")
    expect(pairs.nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("r")
    expect(pairs).to_have_count(1)
    page.keyboard.press("a")
    expect(page.get_by_text(words("identity.suggest.done"))).to_be_visible()
    reader.go("identity", shop)
    log = page.get_by_role("table", name=words("identity.log"))
    expect(log.get_by_role("row").nth(1)).to_contain_text(words("identity.effects.joined"))
    expect(log.get_by_role("row").nth(2)).to_contain_text(words("identity.effects.parted"))
