"""How people visit, and who they are."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser


def test_entries_bounces_and_bins_open_into_their_people(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/sessions?period=30day")
    reader.heading(words.title("sessions"))
    table = page.get_by_role("region", name=words("kind_sessions.ends.caption"))
    cell = table.locator("tbody tr").first.get_by_role("button").first
    shown = number(cell.inner_text())
    cell.click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == shown > 0
    reader.close()
    bins = page.get_by_role("table", name=words("kind_sessions.bins.depth"))
    people = bins.get_by_role("button").first
    shown = number(people.inner_text())
    people.click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == shown > 0


def test_a_split_and_another_figure_over_time(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/sessions?period=30day")
    reader.split_by("channel")
    groups = page.get_by_role("region", name=words("kind_sessions.groups"))
    expect(groups.locator("tbody tr").nth(2)).to_be_visible()
    page.get_by_title(words("kind_sessions.figure.bounce_rate"), exact=True).click()
    figure = words("kind_sessions.figure.bounce_rate")
    expect(page.get_by_role("img", name=words("kind_sessions.chart", figure=figure))).to_be_visible()
    row = groups.locator("tbody tr").nth(1).get_by_role("button").first
    shown = number(row.inner_text())
    row.click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == shown > 0
