"""A question of how much: asked, split, kept and taken out."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser


def test_a_question_lives_in_its_address(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/trends?period=90day")
    reader.choose("analyse.measure.title", "analyse.measure.count")
    reader.choose("analyse.grain.title", "analyse.grain.week")
    reader.split_by("channel")
    question = page.get_by_role("region", name=words("analyse.question.label"))
    table = page.get_by_role("region", name=words("analyse.table.trends"))
    expect(question).to_contain_text(words("analyse.measure.of.count"))
    expect(table.get_by_role("row").nth(5)).to_be_visible()
    asked, shown, address = question.inner_text(), table.inner_text(), page.url
    with page.expect_response("**/analyses/trends*") as waiting:
        page.reload()
    expect(question).to_have_text(asked, use_inner_text=True)
    expect(table).to_have_text(shown, use_inner_text=True)
    assert page.url == address

    result = waiting.value.json()["result"]
    totals = [line["total"] for line in result["lines"]]
    cells = table.locator("tbody tr td:nth-child(2) button")
    assert [number(text) for text in cells.all_inner_texts()] == totals
    assert len(result["buckets"]) in {13, 14}


def test_an_answer_is_set_against_several_things_at_once(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/trends?compare=previous&period=30day")
    question = page.get_by_role("region", name=words("analyse.question.label"))
    expect(question).to_contain_text(words("analyse.compare.previous_word"))
    reader.press("analyse.tail.add_more_compare")
    with page.expect_response("**/analyses/trends*") as waiting:
        reader.dialog.get_by_role("radio", name=words("analyse.compare.people")).check()
    asked = [one.get("period") for one in waiting.value.json()["params"]["compare"]]
    assert asked == ["previous", None]
    reader.close()
    expect(question).to_contain_text(words("analyse.compare.people_word"))
    table = page.get_by_role("region", name=words("analyse.against.title"))
    heads = table.get_by_role("columnheader")
    expect(heads).to_have_count(6)
    expect(heads.nth(2)).to_have_text(words("analyse.compare.previous"))
    shown, address = question.inner_text(), page.url
    page.reload()
    expect(question).to_have_text(shown, use_inner_text=True)
    expect(heads).to_have_count(6)
    assert page.url == address
    page.get_by_role("button", name=words("analyse.compare.previous_word"), exact=True).click()
    reader.dialog.get_by_role("radio", name=words("analyse.compare.drop")).click()
    expect(heads).to_have_count(0)
    expect(question).not_to_contain_text(words("analyse.compare.previous_word"))


def test_an_answer_is_saved_to_a_board_and_taken_out_as_a_file(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/trends")
    table = page.get_by_role("region", name=words("analyse.table.trends"))
    expect(table).to_be_visible()
    reader.press("analyse.action.export")
    saved = list(csv.reader(io.StringIO(reader.saved_file("analyse.action.csv", "menuitem"))))
    shown = [row.locator("th, td").all_inner_texts() for row in table.get_by_role("row").all()]
    assert [len(row) for row in saved] == [len(row) for row in shown]
    assert saved[0][1:] == shown[0][1:]
    assert number(saved[1][1]) == number(shown[1][1])

    board = f"Mornings {words.language}"
    reader.press("analyse.action.save")
    reader.dialog.get_by_role("radio", name=words("analyse.board.new")).check()
    reader.dialog.get_by_placeholder(words("analyse.board.new_name")).fill(board)
    reader.fill("analyse.board.tile", "Lookers and buyers", inside=reader.dialog)
    reader.press("analyse.board.save", inside=reader.dialog)
    expect(page.get_by_text(words("analyse.board.saved"))).to_be_visible()
    reader.press("shell.place.boards", "link")
    page.get_by_role("link", name=board).click()
    tile = page.get_by_role("region", name="Lookers and buyers")
    expect(tile.get_by_role("img").locator("svg")).to_be_visible()
    tile.get_by_role("link", name="Lookers and buyers").click()
    reader.heading(words.title("trends"))


def test_what_is_usual_of_the_working_days_of_a_sample_is_asked_word_by_word(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/trends?compare=off&period=30day")
    question = page.get_by_role("region", name=words("analyse.question.label"))
    reader.press("analyse.outlook.add")
    for what in ("usual", "forecast"):
        box = reader.dialog.get_by_role("checkbox", name=words(f"analyse.outlook.{what}"))
        box.click()
        expect(box).to_be_checked()
    reader.close()
    reader.choose("analyse.days.title", "analyse.days.working")
    reader.press("analyse.counted.add")
    reader.pick(
        reader.dialog.get_by_role("combobox"),
        re.compile(re.escape(words("analyse.counted.sample_share", share="50"))),
    )
    reader.press("analyse.done", inside=reader.dialog)
    expect(question).to_contain_text(words("analyse.counted.sample_word", sample="50"))
    with page.expect_response("**/analyses/trends*") as waiting:
        page.reload()
    answer = waiting.value.json()
    params = answer["params"]
    assert (params["days"], params["sample"], params["forecast"]) == ("working", 50, 14)
    assert params["usual"] == {"width": 3.5, "history": 8}
    assert len(answer["result"]["ahead"]) == 14
    expect(question).to_contain_text(words("analyse.days.working"))
