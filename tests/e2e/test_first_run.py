"""From nothing to the first event."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.server import Server

pytestmark = pytest.mark.browser


def test_an_empty_installation_leads_to_its_first_event(empty: Server, visit: Visit) -> None:
    reader = visit(
        server=empty, as_guest=True, permissions=["clipboard-read", "clipboard-write"],
        timezone_id="Asia/Shanghai",
    )  # fmt: skip
    page, words = reader.page, reader.words

    page.goto("/")
    reader.heading(words("entry.setup.title"))
    reader.press("entry.setup.submit")
    expect(page.get_by_text(words("entry.setup.need")).first).to_be_visible()
    reader.fill("entry.setup.name", "Lin")
    reader.fill("entry.setup.email", "lin@shop.test")
    reader.fill("entry.setup.password", "correct horse")
    reader.fill("entry.setup.projectName", "Shop")
    reader.press("entry.setup.submit")

    expect(page.get_by_text(words("home.empty.title"))).to_be_visible()
    for place, empty_state in (
        (words("shell.place.dictionary"), "data.dictionary.empty"),
        (words("shell.place.rejected"), "data.rejected.empty"),
        (words("shell.place.boards"), "boards.empty"),
        (words("shell.place.people"), "people.empty"),
        (words.title("trends"), "analyse.empty.no_events"),
    ):
        page.get_by_role("link", name=place, exact=True).click()
        expect(page.get_by_text(words(empty_state))).to_be_visible()
    reader.press("shell.place.home", "link")
    reader.press("home.empty.connect")

    reader.heading(words("data.sources.title"))
    reader.press("data.sources.add")
    reader.fill("data.sources.name", "Till", inside=reader.dialog)
    reader.press("common.add", inside=reader.dialog)
    expect(page.get_by_text(words("data.sources.waiting", name="Till"))).to_be_visible()
    page.get_by_role("tab", name="curl", exact=True).click()
    page.get_by_role("tabpanel").get_by_role("button", name=words("common.copy")).click()
    expect(page.get_by_role("tabpanel").get_by_role("button", name=words("common.copied"))).to_be_visible()
    snippet = page.evaluate("navigator.clipboard.readText()")

    reader.press("shell.place.live", "link")
    expect(page.get_by_text(words("data.live.state.open"))).to_be_visible()
    reply = run_curl(snippet)
    assert reply["accepted"] == 1
    assert reply["rejected"] == []
    expect(page.get_by_role("button").filter(has_text="Till")).to_be_visible()

    reader.press("shell.place.people", "link")
    expect(page.get_by_role("row").filter(has_text="u1001")).to_contain_text(re.compile(r"299\.50?"))
    page.get_by_role("link", name=words.title("trends"), exact=True).click()
    table = page.get_by_role("region", name=words("analyse.table.trends"))
    expect(table.locator("tbody td").first).to_have_text("1")
    reader.press("shell.place.sources", "link")
    expect(page.get_by_text(words("data.sources.arrived", name="Till"))).to_be_visible()


def run_curl(command: str) -> Any:
    """Do what ``curl ADDRESS -H HEADER… -d BODY`` does."""
    program, address, *rest = shlex.split(command.replace("\\\n", " "))
    assert program == "curl"
    options = list(zip(rest[::2], rest[1::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in options if option == "-H")
    [body] = [value for option, value in options if option == "-d"]
    reply = httpx.post(address, headers=headers, content=json.dumps(json.loads(body)), timeout=60)
    assert reply.status_code == 200, reply.text
    return reply.json()
