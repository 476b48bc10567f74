"""A goal says why it changed, opens into its question, and is written in the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.reader import Reader

pytestmark = pytest.mark.browser
PROJECT = "/api/v1/projects/demo"


def explained(reader: Reader, name: str) -> dict[str, Any]:
    with reader.server.signed_in() as client:
        found = client.get(f"{PROJECT}/goals/{name}/explain", params={"period": "30day"})
    row: dict[str, Any] = found.json()["row"]
    return row


def test_the_demo_goal_is_explained_and_opens_into_its_question(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("goals?period=30day")
    reader.heading(words("goals.title"))
    page.get_by_role("main").get_by_role("link").first.click()
    told = explained(reader, "gmv")
    title = told["title"]["en" if words.language == "en" else "zh"]
    reader.heading(re.compile(re.escape(title)))
    expect(page.get_by_text(f"{told['value'] / 100:,.2f}".removesuffix(".00")).first).to_be_visible()
    tree = page.get_by_role("table", name=words("goals.tree"))
    for part in told["rows"][:3]:
        name = part["title"]["en" if words.language == "en" else "zh"]
        expect(tree.get_by_role("row").filter(has_text=name).first).to_be_visible()
    rows = tree.get_by_role("row")
    expect(rows).not_to_have_count(0)
    all_rows = rows.count()
    buyers = told["rows"][0]["title"]["en" if words.language == "en" else "zh"]
    tree.get_by_role("button", name=words("goals.fold", name=buyers)).click()
    assert rows.count() < all_rows
    reader.press("goals.edit")
    target = reader.dialog.get_by_label(words("goals.targetMoney", currency="CNY"), exact=True).first
    expect(target).to_have_value(f"{told['progress']['target'] / 100:.0f}")
    reader.press("common.cancel", inside=reader.dialog)
    tree.get_by_role("button", name=words("goals.openIn", name=buyers)).click()
    expect(page).to_have_url(re.compile(r"/analyse/trends\?"))
    expect(page.get_by_role("region", name=words("analyse.table.trends"))).to_be_visible()


def test_a_goal_is_written_and_changed(reader: Reader) -> None:
    page, words = reader.page, reader.words
    name = f"orders_{words.language[:2].lower()}"
    reader.go("goals")
    reader.press("goals.new")
    reader.fill("goals.technical", name, inside=reader.dialog)
    reader.fill("goals.name", f"Orders {name}", inside=reader.dialog)
    metric = reader.dialog.get_by_label(words("goals.metric"), exact=True)
    reader.find(metric, "(orders)")
    reader.fill("goals.targetValue", "5000", inside=reader.dialog)
    reader.dialog.get_by_text(words("goals.hows.split"), exact=True).click()
    reader.press("common.save", inside=reader.dialog)
    reader.heading(re.compile(f"Orders {name}"))
    expect(page.get_by_role("table", name=words("goals.tree"))).to_be_visible()
    told = explained(reader, name)
    assert sum(row["gain"] for row in told["rows"]) == told["gain"] == told["change"]
    assert told["progress"]["target"] == 5000

    reader.press("goals.edit")
    expect(reader.dialog.get_by_label(words("goals.targetValue"), exact=True).first).to_have_value("5000")
    reader.fill("goals.owner", "Lin", inside=reader.dialog)
    reader.press("common.save", inside=reader.dialog)
    expect(page.get_by_text("Lin")).to_be_visible()
    page.get_by_role("button", name=words("goals.actions", name=f"Orders {name}")).click()
    reader.press("goals.remove", "menuitem")
    reader.press("goals.remove", inside=reader.dialog)
    reader.heading(words("goals.title"))
    expect(page.get_by_text(f"Orders {name}", exact=True)).to_have_count(0)
