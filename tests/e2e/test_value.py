"""What customers are worth: segments, lifetime value, cohorts and portraits open into the people they count."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser


def opens(reader: Reader, cell: Locator) -> None:
    """A figure opens a list of as many people."""
    expect(cell).to_be_visible()
    shown = number(cell.inner_text())
    cell.click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == shown > 0


def first_figure(reader: Reader, words: str) -> Locator:
    """The first figure that opens in a table known by its caption."""
    return (
        reader.page.get_by_role("region", name=words, exact=True).locator("tbody").get_by_role("button").first
    )


def test_a_segment_opens_and_cuts_change(reader: Reader) -> None:
    reader.go("analyse/rfm?period=60day")
    reader.heading(reader.words.title("rfm"))
    caption = reader.words("kind_rfm.table.segments")
    opens(reader, first_figure(reader, caption))
    reader.close()
    reader.page.get_by_title(reader.words("kind_rfm.view.grid"), exact=True).click()
    opens(reader, first_figure(reader, reader.words("kind_rfm.table.grid")))


def test_a_cohort_of_lifetime_value_opens(reader: Reader) -> None:
    reader.go("analyse/ltv?period=8week&view=cohorts")
    reader.heading(reader.words.title("ltv"))
    opens(reader, first_figure(reader, reader.words("kind_ltv.table.cohorts")))


def test_the_second_order_opens_into_who_placed_it(reader: Reader) -> None:
    reader.go("analyse/cohort?period=8week&view=steps")
    reader.heading(reader.words.title("cohort"))
    table = reader.page.get_by_role("region", name=reader.words("kind_cohort.table.steps"), exact=True)
    opens(reader, table.locator("tbody tr").nth(1).get_by_role("button").first)


def test_a_value_of_a_portrait_opens(reader: Reader) -> None:
    reader.go("analyse/portrait?period=60day")
    reader.heading(reader.words.title("portrait"))
    opens(reader, first_figure(reader, reader.words("kind_portrait.table.values")))
