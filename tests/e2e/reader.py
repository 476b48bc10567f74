"""Somebody in front of a page."""

from __future__ import annotations

import re
from typing import Literal

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.e2e.server import Server
from tests.e2e.words import Words

PATIENCE = 60_000
"""Milliseconds that a page has to show what is expected: many, for a machine that does other things as well."""
expect.set_options(timeout=PATIENCE)
Role = Literal["button", "link", "menuitem", "option", "dialog", "row", "radio", "combobox", "textbox"]
NUMBER = re.compile(r"[\d,]+")


class Reader:
    """A page, the language it is read in, and what went wrong on it."""

    def __init__(self, page: Page, server: Server, words: Words) -> None:
        self.page = page
        self.server = server
        self.words = words
        self.wrong: list[str] = []
        self.expected: list[str] = ["/api/v1/session"]
        self.progress = re.compile(r"/api/v1/projects/[^/]+/queries/[0-9a-f-]+$")
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        """Keep errors and warnings; a refused request is one only where nobody expects it."""
        if message.type not in {"error", "warning"}:
            return
        source = message.location.get("url", "")
        if message.text.startswith("Failed to load resource") and (
            any(source.endswith(each) for each in self.expected)
            or self.progress.search(source)  # asked how far it is before the question itself had come
        ):
            return
        self.wrong.append(f"{self.page.url}: {message.text} ({source})")

    def go(self, path: str, project: str = "demo") -> None:
        """Open a page of the project by its address."""
        self.page.goto(f"/p/{project}/{path}")

    def heading(self, text: str | re.Pattern[str]) -> None:
        """See the page's title."""
        expect(self.page.get_by_role("heading", level=1, name=text)).to_be_visible()

    def press(self, key: str, role: Role = "button", *, inside: Locator | None = None) -> None:
        """Press what is called by the text of ``key``."""
        (inside or self.page).get_by_role(role, name=self.words(key), exact=True).click()

    def fill(self, key: str, text: str, *, inside: Locator | None = None) -> None:
        """Write into the field labelled by the text of ``key``."""
        (inside or self.page).get_by_label(self.words(key), exact=True).fill(text)

    def pick(self, select: Locator, option: str | re.Pattern[str]) -> None:
        """Choose from a list that drops down."""
        select.click()
        self.page.locator(".ant-select-dropdown:visible").get_by_title(option).first.click()

    def choose(self, title: str, option: str) -> None:
        """Change a word of the question, known by its title, to one of a few."""
        self.page.get_by_title(self.words(title), exact=True).first.click()
        choices = self.dialog.get_by_role("button", name=re.compile(f"^{re.escape(self.words(option))}"))
        choices.first.click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def find(self, select: Locator, text: str) -> None:
        """Take the first option of a list that a text finds."""
        select.fill(text)
        active = self.page.locator(".ant-select-item-option-active:visible")
        expect(active.filter(has_text=text).last).to_be_visible()
        select.press("Enter")

    def split_by(self, name: str) -> None:
        """Split the answer by a property of the event."""
        self.press("analyse.tail.add_split")
        self.find(self.dialog.get_by_role("combobox"), name)
        self.close()

    def close(self) -> None:
        """Close the dialog in front by keyboard."""
        self.dialog.press("Escape")
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def counted(self) -> int:
        """Return how many people the drawer says it holds."""
        return number(self.dialog.locator("b").first.inner_text())

    def write_key(self) -> str:
        """Return the write key of a source of the demo shop."""
        with self.server.signed_in() as client:
            sources = client.get("/api/v1/projects/demo/sources").json()["sources"]
        found: str = next(each["write_key"] for each in sources if each["enabled"])
        return found

    def new_project(self, name: str) -> tuple[str, str]:
        """Set up a project where nothing else happens; returns its id and a write key."""
        with self.server.signed_in() as client:
            project: str = client.post("/api/v1/projects", json={"name": name}).json()["id"]
            made = client.post(f"/api/v1/projects/{project}/sources", json={"name": "Web"})
        key: str = made.json()["write_key"]
        return project, key

    @property
    def dialog(self) -> Locator:
        """The dialog or drawer in front."""
        return self.page.get_by_role("dialog").last

    def saved_file(self, key: str, role: Role = "button") -> str:
        """Press what downloads a file and return its text."""
        with self.page.expect_download() as waiting:
            self.press(key, role)
        return waiting.value.path().read_text("utf-8-sig")


def number(text: str | None) -> int:
    """Return the first whole number in a text."""
    found = NUMBER.search(text or "")
    assert found, f"no number in {text!r}"
    return int(found[0].replace(",", ""))
