"""What people do after one thing, and who they are."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser


def test_whole_paths_and_links_open_into_their_people(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/paths?period=30day")
    reader.heading(words.title("paths"))
    whole = page.get_by_role("region", name=words("kind_paths.whole.caption"))
    row = whole.locator("tbody tr").nth(1)
    shown = number(row.get_by_role("button").inner_text())
    row.get_by_role("button").click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == shown > 0
    reader.close()
    page.get_by_title(words("kind_paths.view.matrix"), exact=True).click()
    matrix = page.get_by_role("region", name=words("kind_paths.matrix.caption"))
    matrix.locator("tbody").get_by_role("button").first.click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() > 0


def test_pages_are_put_together_and_small_links_left_out(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/paths?period=30day")
    page.get_by_title("by" if words.english else "按属性", exact=True).click()
    reader.press("analyse.clean.add", inside=reader.dialog)
    reader.fill("analyse.clean.pattern", "/*o*", inside=reader.dialog)
    expect(reader.dialog.get_by_text(re.compile("times" if words.english else "次$"))).to_be_visible()
    reader.fill("analyse.clean.name", "O pages", inside=reader.dialog)
    reader.dialog.get_by_label(words("analyse.clean.name")).press("Enter")
    reader.close()
    question = page.get_by_role("region", name=words("analyse.question.label"))
    expect(question).to_contain_text(
        words("analyse.clean.words_one" if words.english else "analyse.clean.words", count=1)
    )
    whole = page.get_by_role("region", name=words("kind_paths.whole.caption"))
    row = whole.locator("tbody tr").filter(has_text="O pages").first
    shown = number(row.get_by_role("button").inner_text())
    row.get_by_role("button").click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == shown > 0
    reader.close()
    reader.press("analyse.tail.more")
    page.get_by_title("Fewest people of a link" if words.english else "连线至少人数", exact=True).click()
    reader.dialog.get_by_role("spinbutton").fill("30")
    reader.dialog.get_by_role("spinbutton").press("Enter")
    told = words("kind_paths.less.whole", least=30, n="#", count="#").split("#")[0].rstrip("：: ")
    expect(page.get_by_text(told.split("：")[0])).to_be_visible()


def test_a_block_of_the_flow_shows_what_is_around_it_and_becomes_the_anchor(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/paths?period=30day")
    flow = page.get_by_role("img", name=words("kind_paths.flow.label"))
    cart = "Added to cart" if words.english else "加入购物车"
    flow.locator("text").filter(has_text=cart).first.click()
    around = page.get_by_role("region", name=re.compile(cart))
    people = around.locator("header").get_by_role("button").first
    shown = number(people.inner_text())
    people.click()
    expect(reader.dialog.get_by_role("link").first).to_be_visible()
    assert reader.counted() == shown > 0
    reader.close()
    around.get_by_role("button", name=words("kind_paths.around.to"), exact=True).click()
    question = page.get_by_role("region", name=words("analyse.question.label"))
    expect(question).to_contain_text(cart)
    expect(question).to_contain_text("before" if words.english else "之前")
    expect(page.get_by_role("region", name=words("kind_paths.whole.caption"))).to_contain_text(cart)


def test_a_phone_reads_the_flow_as_a_list(reader: Reader) -> None:
    page, words = reader.page, reader.words
    page.set_viewport_size({"width": 390, "height": 844})
    reader.go("analyse/paths?period=30day")
    first = page.get_by_role("heading", name=words("kind_paths.step.after", n=1))
    expect(first).to_be_visible()
    expect(page.get_by_role("img", name=words("kind_paths.flow.label"))).to_have_count(0)
    people = page.get_by_role("button", name=re.compile(r"^[\d,]+ (人|people)$")).first
    shown = number(people.inner_text())
    people.click()
    assert reader.counted() == shown > 0
