"""Where people are lost, and who they are."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser


def test_a_bar_opens_into_those_who_reached_it(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/funnel?period=90day")
    heads = page.get_by_role("list").filter(has_text="100%").get_by_role("listitem")
    expect(heads).to_have_count(4)
    chart = page.get_by_role("img", name=words("analyse.chart.funnel_steps_label"))
    box = chart.bounding_box()
    assert box
    chart.click(position={"x": box["width"] * 3 / 8, "y": box["height"] - 40})
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    reached = number(heads.nth(1).locator("b").inner_text())
    assert reader.counted() == reached > 0

    reader.close()
    table = page.get_by_role("region", name=words("analyse.table.funnel"))
    column = table.get_by_role("columnheader").all_inner_texts().index(words("analyse.table.dropped"))
    lost = table.locator("tbody tr").nth(1).locator("th, td").nth(column).get_by_role("button")
    lost.click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == number(lost.inner_text())


def test_steps_time_and_goods_are_changed_in_the_sentence(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/funnel?period=90day")
    question = page.get_by_role("region", name=words("analyse.question.label"))
    heads = page.get_by_role("list").filter(has_text="100%").get_by_role("listitem")
    expect(heads).to_have_count(4)
    table = page.get_by_role("region", name=words("analyse.table.funnel"))
    expect(table.get_by_role("columnheader", name=words("analyse.compare.previous")).first).to_be_visible()
    loose = number(heads.last.locator("b").inner_text())

    question.get_by_title(words("analyse.step.title", n=3)).click()
    reader.press("analyse.step.remove", inside=reader.dialog)
    expect(heads).to_have_count(3)
    question.get_by_title(words("analyse.within.title")).click()
    reader.dialog.get_by_role("button", name=words("analyse.within.same_day")).click()
    expect(question).to_contain_text(words("analyse.within.same_day"))

    reader.press("analyse.hold.add")
    reader.find(reader.dialog.get_by_role("combobox"), "item_id")
    reader.close()
    expect(question).to_contain_text(words("analyse.hold.sentence").split("{")[0])
    expect(heads.last.locator("b")).not_to_have_text(str(loose))
    assert 0 < number(heads.last.locator("b").inner_text()) < loose

    reader.split_by("channel")
    expect(table.get_by_role("row").nth(6)).to_be_visible()
