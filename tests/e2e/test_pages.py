"""Where people come from, which pages they see, and where on them they click."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser


def test_sources_and_pages_open_into_their_people(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/pages?period=30day")
    reader.heading(words.title("pages"))
    for view in ("sources", "pages"):
        page.get_by_title(words(f"kind_pages.{view}"), exact=True).click()
        table = page.get_by_role("region", name=words(f"kind_pages.{view}"), exact=True)
        cell = table.locator("tbody tr").nth(1).get_by_role("button").first
        shown = number(cell.inner_text())
        cell.click()
        expect(reader.dialog.get_by_role("link").first).to_be_visible()
        assert reader.counted() == shown > 0
        reader.close()


def test_the_heat_of_a_page_and_who_clicks_on_an_element(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/heatmap?period=30day")
    reader.heading(words.title("heatmap"))
    reader.pick(page.get_by_role("combobox", name=words("kind_heatmap.page")), "/home")
    expect(page.get_by_role("img", name=words("kind_heatmap.picture", page="/home"))).to_be_visible()
    table = page.get_by_role("region", name=words("kind_heatmap.elements"), exact=True)
    cell = table.locator("tbody tr").first.get_by_role("button").first
    shown = number(cell.inner_text())
    cell.click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == shown > 0
