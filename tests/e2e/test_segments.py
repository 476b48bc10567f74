"""People behind a figure are kept, asked about, listed, taken away and brought back."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader, number

pytestmark = pytest.mark.browser
SEGMENTS = "/api/v1/projects/demo/segments"


def test_people_behind_a_figure_become_a_segment_that_questions_use(reader: Reader) -> None:
    page, words = reader.page, reader.words
    name = f"Dropped out {words.language}"
    reader.go("analyse/funnel")
    steps = page.get_by_role("region", name=words("analyse.table.funnel"))
    steps.get_by_role("row").nth(2).get_by_role("button").first.click()
    people = reader.counted()
    reader.press("shell.drawer.keep", inside=reader.dialog)
    reader.fill("shell.segment.name", name, inside=reader.dialog)
    reader.press("common.save", inside=reader.dialog)
    expect(page.get_by_text(words("shell.segment.saved", name=name))).to_be_visible()
    reader.press("shell.segment.look")
    reader.heading(words("people.segments.title"))
    row = page.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text(words("people.segments.kinds.rule"))
    expect(row.get_by_title(words("people.segments.people")).last).to_contain_text(f"{people:,}")

    row.get_by_role("button", name=words("people.segments.actions", name=name)).click()
    reader.press("people.segments.askOf", "menuitem")
    question = page.get_by_role("region", name=words("analyse.question.label"))
    expect(question).to_contain_text(name)
    question.get_by_title(words("analyse.people.title"), exact=True).click()
    chosen = reader.dialog.get_by_role("combobox", name=words("analyse.people.not_segments"))
    reader.find(chosen, name)
    reader.close()
    expect(question).to_contain_text(words("analyse.people.outside", words="").strip())
    expect(page.get_by_text(re.compile(r"(^|\D)0 (人|people)")).first).to_be_visible()
    forget(reader, name)


def test_a_list_is_uploaded_deleted_and_brought_back(reader: Reader, tmp_path: Path) -> None:
    page, words = reader.page, reader.words
    with reader.server.signed_in() as client:
        found = client.get("/api/v1/projects/demo/people", params={"limit": 300}).json()["people"]
    ids = [one for person in found for one in person["identifiers"] if one["type"] == "phone"][:7]
    file = tmp_path / f"vip {words.language}.csv"
    file.write_text("\n".join(["手机号", *(one["value"] for one in ids)]), "utf-8")
    name = file.stem
    reader.go("segments")
    reader.press("people.segments.upload")
    page.locator("input[type=file]").set_input_files(file)
    expect(reader.dialog).to_contain_text(file.name)
    reader.pick(reader.dialog.get_by_role("combobox"), words("common.identifier.phone"))
    reader.press("people.segments.save", inside=reader.dialog)
    row = page.get_by_role("row").filter(has_text=name)
    expect(row.get_by_title(words("people.segments.people")).last).to_have_text("7")

    row.get_by_role("button", name=words("people.segments.actions", name=name)).click()
    saved = list(csv.reader(io.StringIO(reader.saved_file("people.segments.export", "menuitem"))))
    assert len(saved) == 1 + 7
    row.get_by_title(words("people.segments.people")).first.click()
    assert number(reader.dialog.locator("b").first.inner_text()) == 7
    reader.close()

    row.get_by_role("button", name=words("people.segments.actions", name=name)).click()
    reader.press("people.segments.remove", "menuitem")
    expect(page.get_by_text(words("people.segments.removed", name=name))).to_be_visible()
    expect(row).to_have_count(0)
    reader.press("common.undo")
    expect(row).to_have_count(1)
    forget(reader, name)


def forget(reader: Reader, name: str) -> None:
    """Take a segment away, for the demo shop is shared."""
    with reader.server.signed_in() as client:
        assert client.delete(f"{SEGMENTS}/{name}").status_code == 200
