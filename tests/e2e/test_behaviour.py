"""How often, how long, who stays, what it is made of: each figure opens as many people as it counts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "address",
    [
        "analyse/distribution",
        "analyse/interval?view=course",
        "analyse/lifecycle",
        "analyse/lifecycle?view=flows",
        "analyse/stickiness",
        "analyse/stickiness?view=course",
        "analyse/table",
    ],
)
def test_a_figure_opens_the_people_it_counts(reader: Reader, address: str) -> None:
    page = reader.page
    reader.go(address)
    cell = page.locator("main table tbody td button").first
    expect(cell).to_be_visible()
    shown = number(cell.inner_text().split("·")[0])
    cell.click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == shown > 0


def test_a_composition_shows_its_classes_and_its_curve(reader: Reader) -> None:
    page = reader.page
    reader.go("analyse/composition")
    expect(page.locator("main table").first.locator("tbody tr")).to_have_count(12)
    expect(page.locator("main table").first.locator("tbody tr").nth(1)).to_contain_text("A")
    reader.go("analyse/composition?view=pareto")
    expect(page.get_by_role("img").first).to_be_visible()


def test_stages_of_ones_own(reader: Reader) -> None:
    page = reader.page
    reader.go("analyse/lifecycle")
    title = "阶段" if reader.words("analyse.grain.week") == "周" else "Stages"
    page.get_by_title(title, exact=True).first.click()
    reader.dialog.get_by_role("button").first.click()
    expect(page.locator("main table").first.locator("thead th")).to_have_count(7)
