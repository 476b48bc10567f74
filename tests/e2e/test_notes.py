"""What happened on a day: said once, seen on every chart over time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.reader import Reader
from tests.e2e.words import Words

pytestmark = pytest.mark.browser
NOTES = "/api/v1/projects/demo/notes"
TEXT = "<b>Tmall</b> sale & more"


@pytest.fixture(autouse=True)
def none_stay(reader: Reader) -> None:
    """Other tests find no notes of these."""
    with reader.server.signed_in() as client:
        for note in client.get(NOTES).json()["notes"]:
            client.delete(f"{NOTES}/{note['id']}")


def test_a_note_is_added_seen_changed_and_removed(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/trends")
    reader.press("notes.add")
    reader.fill("notes.text", TEXT, inside=reader.dialog)
    with page.expect_response(lambda reply: reply.request.method == "POST" and "/notes" in reply.url) as sent:
        reader.press("common.save", inside=reader.dialog)
    assert sent.value.status == 201
    day = sent.value.json()["on"]
    mark = page.get_by_role("button", name=TEXT)
    expect(mark).to_be_visible()
    mark.hover()
    expect(page.get_by_role("tooltip")).to_contain_text(TEXT)
    page.mouse.move(0, 0)

    box = page.locator(".tw-chart").first.bounding_box()
    place = mark.bounding_box()
    assert box
    assert place
    page.mouse.move(place["x"] + place["width"] / 2 - 1, box["y"] + box["height"] / 2)
    said = page.locator(".tw-tip-notes")
    expect(said).to_have_text(TEXT)
    expect(said.locator("p b")).to_have_count(0)

    for path in ("analyse/lifecycle", "home"):
        reader.go(path)
        expect(mark).to_be_visible()

    reader.go("analyse/trends")
    mark.click()
    reader.press("common.edit", inside=reader.dialog)
    reader.fill("notes.text", "New checkout", inside=reader.dialog)
    reader.press("common.save", inside=reader.dialog)
    expect(mark).to_have_count(0)
    changed = page.get_by_role("button", name="New checkout")
    changed.click()
    reader.press("notes.remove", inside=reader.dialog)
    expect(page.get_by_text(words("notes.removed"))).to_be_visible()
    expect(changed).to_have_count(0)
    with reader.server.signed_in() as client:
        assert client.get(NOTES, params={"from": day}).json() == {"notes": []}


def test_several_on_a_day_are_one_mark_and_those_who_only_look_change_none(
    visit: Visit, words: Words
) -> None:
    owner = visit()
    password = "correct horse battery"
    with owner.server.signed_in() as client:
        today = client.get("/api/v1/projects/demo/home").json()["day"]
        for text in ("first", "second"):
            assert client.post(NOTES, json={"text": text, "on": today}).status_code == 201
        body = {"email": f"looks-{words.language}@shop.test".lower(), "name": "Li", "password": password}
        made = client.post("/api/v1/users", json={**body, "roles": {"demo": "viewer"}})
        assert made.status_code == 201, made.text
    phone = visit(as_guest=True, width=390, height=800)
    signed = phone.page.request.post("/api/v1/session", data={"email": body["email"], "password": password})
    assert signed.ok
    phone.go("analyse/trends")
    mark = phone.page.get_by_role("button", name=re.compile("first.*second"))
    expect(mark).to_have_text("2")
    expect(phone.page.get_by_role("button", name=words("notes.add"), exact=True)).to_have_count(0)
    mark.click()
    expect(phone.dialog.get_by_role("listitem")).to_have_count(2)
    expect(phone.dialog.get_by_role("button", name=words("notes.remove"), exact=True)).to_have_count(0)
    with owner.server.signed_in() as client:
        client.delete(f"/api/v1/users/{made.json()['id']}")
