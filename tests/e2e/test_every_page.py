"""What every page owes its readers, and pictures of it for those who look."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.reader import Reader
from tests.e2e.words import Words

pytestmark = pytest.mark.browser
PAGES = (
    "home",
    "analyse/trends",
    "analyse/funnel",
    "analyse/retention",
    "analyse/sql",
    "boards",
    "goals",
    "goals/gmv",
    "alerts",
    "people",
    "identity",
    "data/sources",
    "data/dictionary",
    "data/live",
    "data/rejected",
    "data/import",
    "data/verification",
    "settings/project",
    "settings/users",
    "settings/tokens",
    "settings/me",
)
CONTROLS = "button|link|textbox|searchbox|combobox|checkbox|radio|switch|slider|spinbutton|tab|menuitem"
NAMELESS = re.compile(rf"^\s*- (?:{CONTROLS})(?! \")(?:[ :].*)?$", re.MULTILINE)
FOCUS_SHOWS = """() => {
  const shows = (node) => {
    const style = getComputedStyle(node);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  let node = document.activeElement;
  if (!node || node === document.body) return null;
  const name = node.outerHTML.slice(0, 160);
  for (let up = 0; node && up < 4; up += 1, node = node.parentElement) if (shows(node)) return null;
  return name;
}"""


def settled(reader: Reader) -> None:
    """Wait until nothing on the page is being fetched."""
    page = reader.page
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_title_and_names_for_all_controls(reader: Reader, path: str) -> None:
    reader.go(path)
    settled(reader)
    page = reader.page
    expect(page).to_have_title(re.compile(r".+ · Tidewheel"))
    assert NAMELESS.findall(page.locator("body").aria_snapshot()) == []
    for _ in range(24):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_SHOWS) is None
    picture(page, reader.words, path, "desk-light")


@pytest.mark.parametrize("path", [*PAGES, "more"])
def test_a_page_fits_a_phone(visit: Visit, path: str) -> None:
    reader = visit(width=390, height=844, has_touch=True, is_mobile=True)
    reader.go(path)
    settled(reader)
    wide = reader.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    picture(reader.page, reader.words, path, "phone-light")


@pytest.mark.parametrize("path", ["home", "analyse/funnel", "people", "data/dictionary"])
def test_a_page_is_dark_when_the_system_is(visit: Visit, path: str) -> None:
    reader = visit(color_scheme="dark")
    reader.go(path)
    settled(reader)
    light = reader.page.evaluate("getComputedStyle(document.body).color.match(/\\d+/g).map(Number)[0]")
    assert light > 180
    picture(reader.page, reader.words, path, "desk-dark")


def picture(page: Page, words: Words, path: str, look: str) -> None:
    """Take a picture of the page if somebody asked for pictures."""
    if folder := os.environ.get("E2E_SCREENSHOTS"):
        name = f"{path.replace('/', '-')}-{words.language}-{look}.png"
        page.screenshot(path=Path(folder) / name)
