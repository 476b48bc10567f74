"""Who may do what, and how the shop counts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.reader import Reader

pytestmark = pytest.mark.browser


def new_project(reader: Reader) -> str:
    """Make a project and return its id."""
    with reader.server.signed_in() as client:
        reply = client.post("/api/v1/projects", json={"name": f"Brand {reader.words.language}"})
        assert reply.status_code == 201, reply.text
    found: str = reply.json()["id"]
    return found


def test_a_project_keeps_its_time_zone_and_currency(reader: Reader) -> None:
    page, words = reader.page, reader.words
    project = new_project(reader)
    reader.go("settings/project", project)
    reader.find(page.get_by_label(words("settings.project.zone")), "Europe/Paris")
    reader.find(page.get_by_label(words("settings.project.currency")), "EUR")
    reader.press("common.save")
    expect(page.get_by_text(words("settings.project.saved"))).to_be_visible()
    page.reload()
    form = page.locator("form")
    expect(form).to_contain_text("Europe/Paris")
    expect(form).to_contain_text("EUR")
    with reader.server.signed_in() as client:
        kept = client.get(f"/api/v1/projects/{project}").json()
    assert (kept["time_zone"], kept["currency"]) == ("Europe/Paris", "EUR")


def test_a_viewer_looks_and_changes_nothing(reader: Reader, visit: Visit) -> None:
    page, words = reader.page, reader.words
    email, password = f"wen-{words.language}@shop.test".lower(), "correct horse"
    reader.go("settings/users")
    reader.press("settings.users.add")
    reader.fill("settings.users.name", "Wen", inside=reader.dialog)
    reader.fill("settings.users.email", email, inside=reader.dialog)
    reader.fill("settings.users.password", password, inside=reader.dialog)
    reader.pick(reader.dialog.get_by_label("汐语 Tidecare"), words("settings.users.roleHint.viewer"))
    reader.press("common.add", inside=reader.dialog)
    expect(page.get_by_role("row").filter(has_text=email)).to_contain_text(
        words("settings.users.role.viewer")
    )

    guest = visit(as_guest=True)
    guest.page.goto("/")
    guest.fill("entry.signIn.email", email)
    guest.fill("entry.signIn.password", password)
    guest.press("entry.signIn.submit")
    expect(guest.page.get_by_role("group", name=words("home.figures"))).to_be_visible()
    for place, button in (
        (words("shell.place.sources"), "data.sources.add"),
        (words("shell.place.boards"), "boards.new"),
        (words("shell.place.import"), "data.import.drop"),
        (words.title("trends"), "analyse.action.save"),
    ):
        guest.page.get_by_role("link", name=place, exact=True).click()
        guest.heading(re.compile("."))
        expect(guest.page.locator("main [aria-busy=true]")).to_have_count(0)
        if button == "analyse.action.save":
            expect(guest.page.get_by_role("button", name=words("analyse.action.copy_link"))).to_be_visible()
        expect(guest.page.get_by_role("button", name=words(button))).to_have_count(0)
    guest.go("settings/users")
    expect(guest.page.get_by_text(words("settings.users.onlyAdmins"))).to_be_visible()
    with reader.server.signed_in(email, password) as client:
        assert client.get("/api/v1/projects/demo/boards").status_code == 200
        refused = client.post("/api/v1/projects/demo/boards", json={"name": "Mine", "tiles": []})
        assert refused.status_code == 403
        assert not client.get("/api/v1/projects/demo/sources").json()["sources"][0]["write_key"]


def test_a_token_reads_and_may_not_write(reader: Reader) -> None:
    page, words = reader.page, reader.words
    name = f"Report {words.language}"
    reader.go("settings/tokens")
    page.get_by_role("main").get_by_role("button", name=words("settings.tokens.add")).click()
    reader.fill("settings.tokens.name", name, inside=reader.dialog)
    reader.press("settings.tokens.add", inside=reader.dialog)
    told = page.get_by_role("dialog", name=words("settings.tokens.made"))
    token = told.locator("pre").inner_text().strip()
    reader.press("common.close", inside=told.locator(".ant-modal-footer"))
    with reader.server.client(token) as client:
        assert client.get("/api/v1/projects/demo/home").status_code == 200
        refused = client.post("/api/v1/projects/demo/sources", json={"name": "x", "kind": "web"})
        assert refused.status_code == 403
        row = page.get_by_role("row").filter(has_text=name)
        row.get_by_role("button", name=words("settings.tokens.revoke")).click()
        reader.press("settings.tokens.revoke", inside=reader.dialog)
        expect(row).to_have_count(0)
        assert client.get("/api/v1/projects/demo/home").status_code == 401
