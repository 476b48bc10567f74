"""Answers kept side by side."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader

pytestmark = pytest.mark.browser
BOARDS = "/api/v1/projects/demo/boards"


def make_board(reader: Reader) -> str:
    """Make a board of a trend and a funnel and return its id."""
    series = {"series": [{"step": {"any_of": [{"event": "purchase"}]}, "measure": {"kind": "people"}}]}
    steps = {"steps": [{"any_of": [{"event": name}]} for name in ("view_item", "purchase")]}
    place = {"view": None, "y": 0, "w": 5, "h": 8}
    tiles = [
        {"id": "a", "title": "Buyers", "kind": "trends", "params": series, "x": 0, **place},
        {"id": "b", "title": "Way to buy", "kind": "funnel", "params": steps, "x": 6, **place},
    ]
    with reader.server.signed_in() as client:
        reply = client.post(BOARDS, json={"name": "Morning", "tiles": tiles})
        assert reply.status_code == 201, reply.text
    found: str = reply.json()["id"]
    return found


def kept(reader: Reader, board: str) -> dict[str, Any]:
    """Return the tiles of a board as the server has them, by title."""
    with reader.server.signed_in() as client:
        return {tile["title"]: tile for tile in client.get(f"{BOARDS}/{board}").json()["tiles"]}


def test_tiles_are_moved_resized_and_stay_so(reader: Reader) -> None:
    page, words = reader.page, reader.words
    board = make_board(reader)
    reader.go(f"boards/{board}")
    expect(page.get_by_role("region", name="Buyers").locator(".tw-chart svg text").first).to_be_visible()
    expect(page.get_by_role("region", name="Way to buy").get_by_role("listitem")).to_have_count(2)
    reader.press("boards.edit")
    saves = "**/boards/*"
    handle = page.get_by_role("button", name=words("boards.move", title="Buyers"))
    with page.expect_response(saves):
        handle.press("ArrowRight")
    with page.expect_response(saves):
        handle.press("Shift+ArrowDown")
    corner = page.locator(".react-grid-item").filter(has_text="Way to buy").locator(".react-resizable-handle")
    box = corner.bounding_box()
    assert box
    with page.expect_response(saves):
        page.mouse.move(box["x"] + 4, box["y"] + 4)
        page.mouse.down()
        page.mouse.move(box["x"] + 4, box["y"] + 124, steps=4)
        page.mouse.up()
    reader.press("boards.done")
    tiles = kept(reader, board)
    assert (tiles["Buyers"]["x"], tiles["Buyers"]["h"]) == (1, 9)
    assert tiles["Way to buy"]["h"] == 11
    item = page.locator(".react-grid-item").filter(has_text="Way to buy")
    placed = item.get_attribute("style") or ""
    page.reload()
    expect(page.get_by_role("region", name="Buyers").locator(".tw-chart svg text").first).to_be_visible()
    expect(item).to_have_attribute("style", placed)


def test_a_tile_is_taken_off_and_brought_back(reader: Reader) -> None:
    page, words = reader.page, reader.words
    board = make_board(reader)
    reader.go(f"boards/{board}")
    page.get_by_role("button", name=words("boards.actions", title="Buyers")).click()
    with page.expect_response("**/boards/*"):
        reader.press("boards.removeTile", "menuitem")
    expect(page.get_by_role("region", name="Buyers")).to_have_count(0)
    with page.expect_response("**/boards/*"):
        reader.press("common.undo")
    expect(page.get_by_role("region", name="Buyers")).to_be_visible()
    assert set(kept(reader, board)) == {"Buyers", "Way to buy"}
