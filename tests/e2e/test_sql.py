"""A question that no form asks, written down, drawn, kept, and put on a board."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.e2e.reader import Reader

pytestmark = pytest.mark.browser
SQL = "/api/v1/projects/demo/sql"


def editor(reader: Reader) -> Locator:
    """Return where the query is written."""
    return reader.page.get_by_role("textbox", name=reader.words("sql.editor"), exact=True)


def write(reader: Reader, sql: str) -> None:
    """Write a query in place of what is there, and run it by keyboard."""
    replace(reader, sql)
    editor(reader).press("ControlOrMeta+Enter")


def replace(reader: Reader, sql: str) -> None:
    """Write a query in place of what is there."""
    field = editor(reader)
    field.click()
    field.press("ControlOrMeta+a")
    field.press("Delete")
    reader.page.keyboard.insert_text(sql)


def forgive(reader: Reader) -> None:
    """Let queries be refused."""
    reader.page.on("request", lambda request: reader.expected.append(request.url))


def cells(reader: Reader) -> list[str]:
    """Return the cells of the answer's first row."""
    row = reader.page.locator(".ant-table-tbody .ant-table-row").first
    expect(row).to_be_visible()
    return [cell.strip() for cell in row.locator(".ant-table-cell").all_inner_texts()]


def test_an_example_is_run_drawn_and_opened_again_by_its_address(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/sql")
    reader.heading(words("sql.title"))
    page.get_by_role("button", name=words("sql.example.channels")).click()
    expect(page.locator(".tw-chart svg").first).to_be_visible()
    first = cells(reader)
    assert first[0] == "natural"
    assert "¥" in first[-1]
    page.locator(".ant-segmented-item").filter(has_text=words("sql.shape.table")).click()
    expect(page.locator(".tw-chart")).to_have_count(0)
    page.reload()
    assert cells(reader) == first
    expect(editor(reader)).to_contain_text("count(distinct person)")


def test_a_mistake_is_shown_where_it_is(reader: Reader) -> None:
    page = reader.page
    forgive(reader)
    reader.go("analyse/sql")
    write(reader, "select person,\n  chanel from events")
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("chanel")
    expect(problem).to_contain_text("sql:2:3")
    expect(problem).to_contain_text("channel")
    write(reader, "drop table events")
    expect(problem).to_contain_text("sql_read_only")
    write(reader, "select * from 'orders.csv'")
    expect(problem).to_contain_text("sql_no_such_table")


def test_a_query_that_is_changed_while_it_runs_can_be_run_at_once(reader: Reader) -> None:
    page = reader.page
    held: list[Route] = []
    page.route("**/projects/demo/sql?*", lambda route: route.continue_() if held else held.append(route))
    reader.go("analyse/sql")
    write(reader, "select 'first' as word")
    run = page.get_by_role("button", name=reader.words("sql.run"), exact=True)
    expect(run).to_be_disabled()
    replace(reader, "select 'second' as word")
    run.click()
    assert cells(reader) == ["second"]


def test_a_query_with_a_parameter_is_kept_and_put_on_a_board(reader: Reader, tmp_path: Path) -> None:
    page, words = reader.page, reader.words
    name = f"Cart {words.language}"
    reader.go("analyse/sql")
    forgive(reader)  # a parameter has no value at first
    write(reader, "select name, count(*) as times from events where name = $event group by name")
    field = page.get_by_label(words("sql.valueOf", name="event"), exact=True)
    field.fill("add_to_cart")
    reader.press("sql.run")
    assert cells(reader)[0] == "add_to_cart"

    reader.press("sql.saved.save")
    reader.press("sql.saved.asNew", "menuitem")
    reader.fill("sql.saved.name", name, inside=reader.dialog)
    reader.press("sql.saved.save", inside=reader.dialog)
    reader.heading(words("sql.titleOf", name=name))
    with reader.server.signed_in() as client:
        kept = {one["name"]: one for one in client.get(f"{SQL}/queries").json()["queries"]}[name]
    assert kept["parameters"] == [{"name": "event", "kind": "text", "default": "add_to_cart"}]
    page.reload()
    reader.heading(words("sql.titleOf", name=name))
    expect(field).to_have_value("add_to_cart")
    assert cells(reader)[0] == "add_to_cart"

    reader.press("sql.export")
    with page.expect_download() as started:
        reader.press("sql.csv", "menuitem")
    started.value.save_as(tmp_path / "answer.csv")
    lines = list(csv.reader((tmp_path / "answer.csv").read_text("utf-8-sig").splitlines()))
    assert (lines[0], lines[1][0]) == (["name", "times"], "add_to_cart")

    reader.press("sql.toBoard")
    reader.dialog.get_by_role("radio", name=words("analyse.board.new"), exact=True).check()
    reader.dialog.get_by_label(words("analyse.board.new"), exact=True).last.fill(name)
    reader.press("analyse.board.save", inside=reader.dialog)
    with reader.server.signed_in() as client:
        expect(page.get_by_text(words("analyse.board.saved"))).to_be_visible()
        boards = client.get("/api/v1/projects/demo/boards").json()["boards"]
    reader.go(f"boards/{next(board['id'] for board in boards if board['name'] == name)}")
    assert cells(reader)[0] == "add_to_cart"
    page.get_by_role("region", name=name).get_by_role("link", name=name).click()
    expect(editor(reader)).to_contain_text("$event")


def test_a_person_in_the_answer_is_a_link(reader: Reader) -> None:
    page = reader.page
    reader.go("analyse/sql")
    write(reader, "select person, max(time) as seen from events group by person order by seen desc limit 3")
    person = cells(reader)[0]
    page.get_by_role("link", name=person, exact=True).click()
    expect(page).to_have_url(re.compile(f"/people/{person}"))


def test_columns_are_put_into_the_query(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/sql")
    editor(reader).click()
    page.get_by_label(words("sql.findColumn"), exact=True).fill("refund")
    page.get_by_role("button", name=re.compile("^refunded")).click()
    expect(editor(reader)).to_have_text("refunded")


def test_a_query_that_takes_long_is_stopped(reader: Reader) -> None:
    page, words = reader.page, reader.words
    page.on(
        "request", lambda request: reader.expected.append(request.url) if "/quer" in request.url else None
    )
    reader.go("analyse/sql")
    write(reader, "select count(*) from range(1000000000000) a where a.range % 7 = 3")
    reader.press("sql.stop")
    expect(page.get_by_text(words("sql.stopped"), exact=True)).to_be_visible()
