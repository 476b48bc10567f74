"""Getting in, around and out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.reader import Reader
from tests.e2e.words import Words

pytestmark = pytest.mark.browser


def test_sign_in_by_keyboard_alone_and_sign_out(visit: Visit) -> None:
    reader = visit(as_guest=True)
    page, words = reader.page, reader.words
    reader.go("data/dictionary")
    reader.heading(words("entry.signIn.title"))
    email = page.get_by_label(words("entry.signIn.email"))
    page.locator("body").press("Tab")
    for _ in range(6):
        if email.evaluate("node => node === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type(reader.server.email)
    page.keyboard.press("Tab")
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(reader.server.password)
    page.keyboard.press("Enter")
    reader.heading(words("data.dictionary.title"))
    reader.press("shell.account")
    reader.press("shell.signOut", "menuitem")
    reader.heading(words("entry.signIn.title"))
    reader.go("home")
    reader.heading(words("entry.signIn.title"))


def test_a_session_that_ended_leads_back_through_sign_in(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("boards")
    reader.heading(words("boards.title"))
    page.context.clear_cookies()
    reader.expected += ["/people?offset=0&limit=50", "/people"]
    reader.press("shell.place.people", "link")
    reader.heading(words("entry.signIn.title"))
    reader.fill("entry.signIn.email", reader.server.email)
    reader.fill("entry.signIn.password", reader.server.password)
    reader.press("entry.signIn.submit")
    reader.heading(words("people.title"))


def test_language_and_theme_switch_and_stay(reader: Reader) -> None:
    page, words = reader.page, reader.words
    other = Words("zh-CN" if words.english else "en")
    reader.go("boards")
    reader.heading(words("boards.title"))
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    reader.press("shell.theme.title")
    reader.press("shell.theme.dark", "menuitem")
    reader.press("shell.switchLanguage")
    reader.heading(other("boards.title"))
    page.reload()
    reader.heading(other("boards.title"))
    expect(page.locator("html")).to_have_attribute("lang", other.language)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != paper


def test_the_palette_finds_a_page_and_a_person(reader: Reader) -> None:
    page, words = reader.page, reader.words
    with reader.server.signed_in() as client:
        somebody = client.get("/api/v1/projects/demo/people", params={"q": "138"}).json()["people"][0]
    reader.go("home")
    reader.heading(re.compile(r"\d"))
    page.keyboard.press("ControlOrMeta+k")
    box = page.get_by_role("combobox", name=words("shell.palette.open"))
    box.fill(words("shell.place.dictionary"))
    expect(page.get_by_role("option").first).to_contain_text(words("shell.place.dictionary"))
    box.press("Enter")
    reader.heading(words("data.dictionary.title"))
    page.keyboard.press("ControlOrMeta+k")
    box.fill("138")
    expect(page.get_by_role("option").filter(has_text=words("shell.palette.person")).first).to_be_visible()
    assert somebody["id"]


def test_lists_open_where_they_belong_for_whoever_wants_no_motion(visit: Visit) -> None:
    reader = visit(reduced_motion="reduce")
    reader.go("settings/users")
    reader.press("settings.users.add")
    reader.pick(reader.dialog.get_by_label("汐语 Tidecare"), reader.words("settings.users.roleHint.viewer"))
    expect(reader.dialog).to_contain_text(reader.words("settings.users.role.viewer"))


OPEN = """button => new Promise(done => {
  const seen = [];
  const look = () => {
    for (const list of document.querySelectorAll(".ant-dropdown, .ant-popover")) {
      seen.push([/-(appear|enter)/.test(list.className), getComputedStyle(list).pointerEvents]);
    }
    if (seen.some(([moving]) => moving) && !seen.at(-1)[0]) done(seen);
    else requestAnimationFrame(look);
  };
  button.click();
  look();
})"""
"""Opens a list and tells frame by frame whether it moves and whether it takes presses."""


def test_a_list_takes_presses_once_it_stands(reader: Reader) -> None:
    page, words = reader.page, reader.words
    reader.go("analyse/trends")
    account = page.get_by_role("button", name=words("shell.account"), exact=True)
    grain = page.get_by_title(words("analyse.grain.title"), exact=True).first
    for opens in (account, grain):
        seen = opens.evaluate(OPEN)
        assert {how for moving, how in seen if moving} == {"none"}
        assert seen[-1] == [False, "auto"]
        page.keyboard.press("Escape")
        expect(page.locator(".ant-dropdown:visible, .ant-popover:visible")).to_have_count(0)
