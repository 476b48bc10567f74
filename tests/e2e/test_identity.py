"""A member of staff asks why, undoes a link, finds it in the merge log, and links again; owners change the rules."""

from __future__ import annotations

import re
import time

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader
from tidewheel.core.period import HOUR

pytestmark = pytest.mark.browser
IDENTITY = "/api/v1/projects/demo/identity"


def linked(client: httpx.Client) -> dict[str, str]:
    """Return a link in force between an account and a device."""
    entries = client.get(f"{IDENTITY}/log", params={"limit": 200}).json()["entries"]
    found: dict[str, str] = next(
        one
        for one in entries
        if one["effect"] == "joined" and one["a"].startswith("user:") and one["b"].startswith("device:")
    )
    return found


def test_a_link_is_undone_and_made_again(reader: Reader) -> None:
    page, words = reader.page, reader.words
    with reader.server.signed_in() as client:
        link = linked(client)
    reader.go(f"people/{link['person']}")
    line = page.get_by_role("listitem").filter(has_text=link["b"].partition(":")[2]).first
    line.get_by_role("button", name=words("identity.undo"), exact=True).click()
    expect(reader.dialog.get_by_role("region", name=words("identity.after"))).to_be_visible()
    reader.fill("identity.why", "lent to a friend", inside=reader.dialog)
    reader.press("identity.do.undo", inside=reader.dialog)
    expect(page.get_by_text(words("identity.done"))).to_be_visible()

    reader.go("identity")
    reader.heading(words("identity.title"))
    log = page.get_by_role("table", name=words("identity.log"))
    first = log.get_by_role("row").nth(1)
    expect(first).to_contain_text(words("identity.effects.parted"))
    first.get_by_role("button", name=words("identity.relink"), exact=True).click()
    expect(reader.dialog.get_by_role("region", name=words("identity.after"))).to_be_visible()
    reader.press("identity.do.link", inside=reader.dialog)
    again = log.get_by_role("row").nth(1)
    # the event that had named the two holds again, so that they were one before this link
    expect(again).to_contain_text(words("identity.effects.already"))
    expect(again.get_by_role("button", name=words("identity.undo"), exact=True)).to_be_visible()
    with reader.server.signed_in() as client:
        why = client.get(f"{IDENTITY}/why", params={"a": link["a"], "b": link["b"]}).json()
    assert why["one_person"] is True


def test_rules_are_tried_before_they_are_in_force(reader: Reader) -> None:
    page = reader.page
    reader.go("identity")
    reader.press("identity.edit")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("spinbutton").first.fill("2")
    reader.press("identity.try", inside=drawer)
    expect(drawer.get_by_text(re.compile(r"\d[\d,]* (people become|人变为) \d"))).to_be_visible()
    with reader.server.signed_in() as client:
        assert client.get(f"{IDENTITY}/rules").json()["version"] == 0


def test_a_device_that_changed_hands_is_told_with_who_had_it_when(reader: Reader) -> None:
    page, words = reader.page, reader.words
    project, key = reader.new_project("Hands")
    now = int(time.time() * 1000)
    events = [
        {"event": "login", "time": now - 5 * HOUR, "who": {"device": "till-1", "user": "mei"}},
        {"event": "login", "time": now - 2 * HOUR, "who": {"device": "till-1", "user": "bo"}},
        {"event": "page_view", "time": now - HOUR, "who": {"device": "till-1"}},
    ]
    with reader.server.client() as client:
        reply = client.post("/v1/events", json=events, headers={"X-Write-Key": key})
        assert reply.json()["accepted"] == len(events)
    reader.go("people/user:mei", project)
    told = page.locator("section").filter(has=page.get_by_role("heading", name=words("identity.handed")))
    lines = told.get_by_role("listitem")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text(words("identity.handedFirst"))
    expect(lines.first).to_contain_text(words("identity.handedOwn"))
    expect(lines.nth(1)).to_contain_text(words.like("identity.handedSince"))
    expect(lines.nth(1)).not_to_contain_text(words("identity.handedOwn"))
    lines.nth(1).get_by_role("link").filter(has_text="bo").click()
    expect(lines.nth(1)).to_contain_text(words("identity.handedOwn"))
    expect(lines.first).not_to_contain_text(words("identity.handedOwn"))
    expect(page).to_have_url(re.compile("/people/(?!user:mei)"))
