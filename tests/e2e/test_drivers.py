"""What goes with coming back and with buying: each count opens its people, and one behaviour is looked at closely."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("kind", ["retention_drivers", "conversion_drivers"])
def test_the_counts_of_a_behaviour_add_up_and_open_into_their_people(reader: Reader, kind: str) -> None:
    page, words = reader.page, reader.words
    reader.go(f"analyse/{kind}?period=90day")
    row = page.get_by_role("region", name=words("analyse.drivers.chart")).locator("tbody tr").first
    counts = row.get_by_role("button")
    expect(counts).to_have_count(6)
    did, reached, missed, others, others_reached, others_missed = map(number, counts.all_inner_texts())
    assert (did, others) == (reached + missed, others_reached + others_missed)
    expect(page.get_by_text(words("analyse.drivers.note.cause"))).to_be_visible()
    for at, count in ((1, reached), (5, others_missed)):
        counts.nth(at).click()
        expect(reader.dialog.get_by_role("link").first).to_be_visible()
        assert reader.counted() == count > 0
        reader.close()


def test_one_behaviour_at_each_number_of_times(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/retention_drivers?period=90day")
    table = page.get_by_role("region", name=words("analyse.drivers.chart"))
    expect(table.locator("tbody tr").nth(5)).to_be_visible()
    name = table.locator("tbody tr").first.locator("th, td").first.inner_text().split(" ≥")[0]
    reader.pick(page.get_by_role("combobox", name=words("analyse.drivers.pick")), name)
    expect(table.locator("tbody tr").first).to_contain_text(name)
    expect(table.locator("tbody tr").nth(5)).to_have_count(0)
    people = [number(one) for one in table.locator("tbody tr td:nth-child(5)").all_inner_texts()]
    assert people == sorted(people, reverse=True)


def test_coming_back_must_follow_the_behaviours(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/retention_drivers?period=90day")
    table = page.get_by_role("region", name=words("analyse.drivers.chart"))
    expect(table.locator("tbody tr").first).to_be_visible()
    page.on("request", lambda request: reader.expected.append(request.url))
    zh = words("analyse.grain.week") == "周"
    page.get_by_title("行为天数" if zh else "Behaviours within days", exact=True).click()
    reader.dialog.get_by_role("spinbutton").fill("9")
    reader.dialog.get_by_role("spinbutton").press("Enter")
    told = "结果必须发生在行为之后" if zh else "The outcome must come after the behaviours"
    expect(page.get_by_text(told)).to_be_visible()
