"""A figure gets a lasting name, joins a formula, and stands on a board."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader

pytestmark = pytest.mark.browser
PROJECT = "/api/v1/projects/demo"


def test_a_figure_becomes_a_metric_and_a_formula_goes_on_a_board(reader: Reader) -> None:
    page, words = reader.page, reader.words
    tail = words.language[:2]
    reader.go("analyse/trends?period=30day")
    expect(page.get_by_role("region", name=words("analyse.table.trends"))).to_be_visible()
    reader.press("analyse.action.export")
    reader.press("analyse.action.metric", "menuitem")
    reader.fill("metrics.technical", f"lookers_{tail}", inside=reader.dialog)
    reader.fill("metrics.titleEn", f"Lookers {tail}", inside=reader.dialog)
    reader.fill("metrics.titleZh", f"Lookers {tail}", inside=reader.dialog)
    reader.press("common.save", inside=reader.dialog)
    expect(page.get_by_text(words("metrics.saved", name=f"Lookers {tail}"))).to_be_visible()

    reader.press("shell.place.metrics", "link")
    reader.heading(words("metrics.title"))
    row = page.get_by_role("row").filter(has=page.locator("code", has_text=f"lookers_{tail}"))
    with reader.server.signed_in() as client:
        path = f"{PROJECT}/metrics/lookers_{tail}/value"
        value = client.get(path, params={"period": "30day"}).json()["value"]
    expect(row).to_contain_text(f"{int(value):,}")

    reader.press("metrics.new")
    reader.fill("metrics.technical", f"half_{tail}", inside=reader.dialog)
    reader.fill("metrics.titleEn", f"Half {tail}", inside=reader.dialog)
    reader.fill("metrics.titleZh", f"Half {tail}", inside=reader.dialog)
    reader.fill("metrics.formula", f"lookers_{tail} / 2", inside=reader.dialog)
    reader.press("common.save", inside=reader.dialog)
    half = page.get_by_role("row").filter(has=page.locator("code", has_text=f"half_{tail}"))
    expect(half).to_contain_text(f"Lookers {tail} / 2")

    board = f"Figures {words.language}"
    half.get_by_role("button", name=words("metrics.actions", name=f"Half {tail}")).click()
    reader.press("metrics.board", "menuitem")
    reader.dialog.get_by_role("radio", name=words("analyse.board.new")).check()
    reader.dialog.get_by_placeholder(words("analyse.board.new_name")).fill(board)
    reader.press("analyse.board.save", inside=reader.dialog)
    expect(page.get_by_text(words("analyse.board.saved"))).to_be_visible()
    reader.press("shell.place.boards", "link")
    page.get_by_role("link", name=board).click()
    tile = page.get_by_role("region", name=f"Half {tail}")
    expect(tile.get_by_role("img")).to_be_visible()

    reader.go("metrics")
    row.get_by_role("button", name=f"Lookers {tail}", exact=True).click()
    expect(reader.dialog).to_contain_text(words("metrics.versions"))
    reader.close()

    with reader.server.signed_in() as client:
        path = f"{PROJECT}/metrics/half_{tail}"
        first = client.get(path).json()["definition"]
        client.put(path, json={"definition": {**first, "formula": f"lookers_{tail} / 4"}, "why": "a slip"})
    page.reload()
    half.get_by_role("button", name=f"Half {tail}", exact=True).click()
    expect(reader.dialog).to_contain_text("a slip")
    reader.dialog.get_by_role("button", name=words("common.version.sure", version=1)).click()
    page.get_by_role("dialog").last.get_by_role(
        "button", name=words("common.version.restore"), exact=True
    ).click()
    expect(page.get_by_text(words("common.version.restored", version=1)).first).to_be_visible()
    expect(half).to_contain_text(f"Lookers {tail} / 2")
    with reader.server.signed_in() as client:
        now = client.get(path).json()
    assert (now["definition"], now["version"]) == (first, 3)
    reader.close()
