"""The morning look at the shop."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser


def test_yesterday_has_figures_and_what_they_are_set_against(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("home")
    reader.press("home.yesterday")
    figures = page.get_by_role("group", name=words("home.figures"))
    was = figures.get_by_text(words.like("home.vs"))
    expect(was.first).to_be_visible()
    for name in ("home.visitors", "home.buyers", "home.metric.orders"):
        cell = figures.get_by_role("button").filter(has_text=words(name)).first
        assert number(cell.locator("span").nth(1).text_content()) > 0
    page.get_by_role("button", name=words("shell.compare"), pressed=True).click()
    expect(was).to_have_count(0)
    expect(page).to_have_url(re.compile("compare=off"))
    rows = page.get_by_role("row").filter(has=page.get_by_title(words("home.open")))
    assert rows.count() > 3


def test_a_figure_opens_into_its_people_and_each_into_a_story(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("home")
    reader.press("home.yesterday")
    figures = page.get_by_role("group", name=words("home.figures"))
    expect(page.get_by_text(words.like("home.against"))).to_be_visible()
    visitors = figures.get_by_role("button").filter(has_text=words("home.visitors")).first
    visitors.click()
    drawer = reader.dialog
    expect(drawer.get_by_role("button", name=words("shell.drawer.csv"))).to_be_visible()
    shown = number(visitors.locator("span").nth(1).text_content())
    assert number(drawer.locator("b").first.text_content()) == shown > 0
    lines = reader.saved_file("shell.drawer.csv").strip().splitlines()
    assert len(lines) == shown + 1
    drawer.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/people/"))
    expect(page.get_by_role("heading", name=words("people.timeline"))).to_be_visible()
    expect(page.locator("h3").first).to_contain_text(re.compile(r"\d"))


def test_the_pulse_beats_with_each_event(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("home")
    expect(page.get_by_text(words.like("home.perMinute"))).to_be_visible()
    key = reader.write_key()
    with reader.server.client() as client:
        event = {"event": "scan_item", "who": {"device": "pulse"}, "properties": {"value": 12300}}
        assert client.post("/v1/events", params={"key": key}, json=event).json()["accepted"] == 1
    expect(page.get_by_role("listitem").filter(has_text="123")).to_be_visible()
