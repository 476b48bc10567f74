"""Which channels earned the orders."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser


def test_another_model_credits_other_people_and_says_so(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/attribution?period=30day")
    question = page.get_by_role("region", name=words("analyse.question.label"))
    expect(question).to_contain_text(words("kind_attribution.model.position"))
    reader.choose("kind_attribution.field.model", "kind_attribution.model.first")
    expect(question).to_contain_text(words("kind_attribution.model.first"))
    page.get_by_title(words("kind_attribution.shows.people"), exact=True).click()
    table = page.get_by_role("region", name=words("kind_attribution.table.models"))
    expect(table.locator("thead th").nth(1)).to_have_text(words("kind_attribution.model.first"))
    cell = table.locator("tbody tr").nth(1).get_by_role("button").first
    shown = number(cell.inner_text())
    cell.click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == shown > 0


def test_the_models_are_set_against_the_tests_of_the_shop(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/attribution?period=30day&view=lift")
    table = page.get_by_role("region", name=words("kind_attribution.table.lift"))
    expect(table.locator("tbody tr")).to_have_count(9)
    expect(table.locator("tbody tr").first).to_contain_text(words("kind_attribution.lift.nearest"))
    page.get_by_title(words("kind_attribution.view.paths"), exact=True).click()
    paths = page.get_by_role("region", name=words("kind_attribution.table.paths"))
    cell = paths.locator("tbody tr").first.get_by_role("button").last
    shown = number(cell.inner_text())
    cell.click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == shown > 0
