"""Who comes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser


def test_first_buyers_by_week_open_into_those_who_came_back(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/retention?period=12week")
    reader.choose("analyse.retention.cohort_title", "analyse.retention.first")
    reader.choose("analyse.grain.title", "analyse.grain.week")
    reader.choose("analyse.retention.clock_title", "analyse.retention.clock.rolling_week")
    question = page.get_by_role("region", name=words("analyse.question.label"))
    expect(question).to_contain_text(words("analyse.retention.clock.rolling_week"))
    expect(question).to_contain_text(words("analyse.retention.first"))
    page.get_by_title(words("analyse.shows.people"), exact=True).click()
    table = page.get_by_role("region", name=words("analyse.table.retention"))
    cells = table.locator("tbody tr").last.get_by_role("button")
    expect(cells.first).to_be_visible()
    row = table.locator("tbody tr").filter(has=page.get_by_role("button")).nth(3)
    cell = row.get_by_role("button").first
    shown = number(cell.inner_text())
    cell.click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == shown > 0
